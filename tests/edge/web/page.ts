// What the browser test asks a page to do: calls over gRPC-Web with the generated client, answered as plain JSON.
import { createClient } from "@connectrpc/connect";
import { createPlatformTransport, failureOf } from "../../../clients/typescript/src/index.js";
import { AuthService } from "../../../clients/typescript/src/gen/cnt/auth/v1/auth_service_pb.js";
import { UserService } from "../../../clients/typescript/src/gen/cnt/auth/v1/user_service_pb.js";
import { NotificationService } from "../../../clients/typescript/src/gen/cnt/notification/v1/notification_service_pb.js";

interface Watch {
  seen: { seq: string; title: string; data: Record<string, string>; at: number }[];
  heartbeats: number;
  failure: unknown;
  stop(): void;
}

const watches: Watch[] = [];

function clients(baseUrl: string, accessToken = "") {
  const transport = createPlatformTransport({ baseUrl, accessToken: () => accessToken });
  return {
    auth: createClient(AuthService, transport),
    users: createClient(UserService, transport),
    notifications: createClient(NotificationService, transport),
  };
}

/** What went wrong, as our client tells it; `code` is the number of a gRPC status. */
function told(error: unknown) {
  const { code, rawMessage } = error as { code?: number; rawMessage?: string };
  return { code, message: rawMessage ?? String(error), ...failureOf(error) };
}

async function register(baseUrl: string, email: string, password: string) {
  const { accessToken, userId } = await clients(baseUrl).auth.register({ email, password, name: "Ann Browser" });
  return { accessToken, userId: String(userId) };
}

async function me(baseUrl: string, accessToken: string) {
  try {
    const { user } = await clients(baseUrl, accessToken).users.getMe({});
    return { email: user?.email };
  } catch (error) {
    return { failure: told(error) };
  }
}

async function login(baseUrl: string, usernameOrEmail: string, password: string) {
  try {
    const answer = await clients(baseUrl).auth.login({ usernameOrEmail, password });
    return { accessToken: answer.accessToken };
  } catch (error) {
    return { failure: told(error) };
  }
}

/** Plain JSON, for what is not of gRPC-Web. */
async function post(url: string, body: unknown) {
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  return { status: answer.status, json: await answer.json() };
}

/** Opens a stream of notifications, and returns its number when the first message of any kind is there. */
async function watch(baseUrl: string, accessToken: string, afterSeq: string) {
  const abort = new AbortController();
  const state: Watch = { seen: [], heartbeats: 0, failure: undefined, stop: () => abort.abort() };
  const { notifications } = clients(baseUrl, accessToken);
  const first = new Promise<void>((resolve) => {
    void (async () => {
      try {
        const stream = notifications.watchNotifications({ afterSeq: BigInt(afterSeq) }, { signal: abort.signal });
        for await (const { event } of stream) {
          if (event.case === "heartbeat") state.heartbeats += 1;
          if (event.case === "notification") {
            const { seq, title, data } = event.value;
            state.seen.push({ seq: String(seq), title, data, at: Date.now() });
          }
          resolve();
        }
      } catch (error) {
        state.failure = told(error);
        resolve();
      }
    })();
  });
  await first;
  return watches.push(state) - 1;
}

function seen(number: number) {
  const { seen, heartbeats, failure } = watches[number]!;
  return { seen, heartbeats, failure };
}

function stop(number: number) {
  watches[number]!.stop();
}

Object.assign(window, { page: { register, login, me, post, watch, seen, stop } });
