// The way into the platform from a browser: one transport for all services, and what an error means.
import { ConnectError, type Interceptor, type Transport } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { BadRequestSchema, ErrorInfoSchema, RequestInfoSchema, RetryInfoSchema } from "./gen/google/rpc/error_details_pb.js";

export interface PlatformOptions {
  /** Where Envoy listens, for example "https://api.example.org". */
  baseUrl: string;
  /** Gives the access token of the moment; called before every call. Undefined or "" calls without one. */
  accessToken?: () => string | undefined | Promise<string | undefined>;
  /** How long a unary call may take, in milliseconds. Streams need none: the server ends them. */
  defaultTimeoutMs?: number;
}

/** A gRPC-Web transport that signs every call with the caller's access token. */
export function createPlatformTransport(options: PlatformOptions): Transport {
  const authorize: Interceptor = (next) => async (request) => {
    const token = await options.accessToken?.();
    if (token) request.header.set("authorization", `Bearer ${token}`);
    return next(request);
  };
  return createGrpcWebTransport({
    baseUrl: options.baseUrl,
    interceptors: [authorize],
    ...(options.defaultTimeoutMs === undefined ? {} : { defaultTimeoutMs: options.defaultTimeoutMs }),
  });
}

export interface Failure {
  /** The word to decide on, for example "EMAIL_TAKEN": a value of the room's Reason enum, without its prefix. */
  reason: string;
  /** What the reason speaks of, for example the id that was not found. */
  metadata: Record<string, string>;
  /** What is wrong with each field. */
  violations: { field: string; description: string }[];
  /** Names the call in the server's log. */
  requestId: string;
  /** When a retry may succeed, in milliseconds from now; undefined when the server did not say. */
  retryAfterMs: number | undefined;
}

/** What the server said about a failed call; undefined when the error is not the server's (offline, cancelled). */
export function failureOf(error: unknown): Failure | undefined {
  if (!(error instanceof ConnectError)) return undefined;
  const info = error.findDetails(ErrorInfoSchema)[0];
  if (!info) return undefined;
  const delay = error.findDetails(RetryInfoSchema)[0]?.retryDelay;
  return {
    reason: info.reason,
    metadata: info.metadata,
    violations: error
      .findDetails(BadRequestSchema)
      .flatMap((request) => request.fieldViolations)
      .map(({ field, description }) => ({ field, description })),
    requestId: error.findDetails(RequestInfoSchema)[0]?.requestId ?? "",
    retryAfterMs: delay && Number(delay.seconds) * 1000 + Math.ceil(delay.nanos / 1e6),
  };
}
