// A page that watches a stream and writes into its chat, over gRPC-Web.
import { createClient } from "@connectrpc/connect";
import { createPlatformTransport } from "../../../clients/typescript/src/index.js";
import { StreamStatus } from "../../../clients/typescript/src/gen/cnt/live/v1/stream_pb.js";
import { StreamChatService } from "../../../clients/typescript/src/gen/cnt/live/v1/stream_chat_service_pb.js";

interface Watch {
  messages: { seq: number; name: string; text: string }[];
  viewers: number;
  status: string;
  ended: string;
  stop(): void;
}

const watches: Watch[] = [];

function client(baseUrl: string, token: string) {
  return createClient(StreamChatService, createPlatformTransport({ baseUrl, accessToken: () => token }));
}

/** Opens a stream and goes on reading it; its number. */
function watch(baseUrl: string, token: string, streamId: string, afterSeq: string) {
  const abort = new AbortController();
  const seen: Watch = { messages: [], viewers: -1, status: "", ended: "", stop: () => abort.abort() };
  const wanted = { streamId: BigInt(streamId), afterSeq: BigInt(afterSeq) };
  void (async () => {
    try {
      for await (const { event } of client(baseUrl, token).watchStream(wanted, { signal: abort.signal })) {
        if (event.case === "message") {
          const { seq, userName, text } = event.value;
          seen.messages.push({ seq: Number(seq), name: userName, text });
        }
        if (event.case === "heartbeat") {
          seen.viewers = event.value.viewers;
          seen.status = StreamStatus[event.value.status]!;
        }
      }
      seen.ended = "in order";
    } catch (error) {
      seen.ended = String(error);
    }
  })();
  return watches.push(seen) - 1;
}

async function say(baseUrl: string, token: string, streamId: string, text: string) {
  const answer = await client(baseUrl, token).sendStreamMessage({ streamId: BigInt(streamId), text });
  return Number(answer.message!.seq);
}

function seen(number: number) {
  const { messages, viewers, status, ended } = watches[number]!;
  return { messages, viewers, status, ended };
}

function stop(number: number) {
  watches[number]!.stop();
}

Object.assign(window, { page: { watch, say, seen, stop } });
