// What a browser learns from a failed call.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import { failureOf } from "../build/index.js";
import { BadRequestSchema, ErrorInfoSchema, RequestInfoSchema, RetryInfoSchema } from "../build/gen/google/rpc/error_details_pb.js";

test("a refusal tells its reason, its fields and when to come back", () => {
  const error = new ConnectError("too many calls", Code.ResourceExhausted, undefined, [
    { desc: ErrorInfoSchema, value: { reason: "TOO_MANY_CALLS", metadata: { limit: "5" } } },
    { desc: RequestInfoSchema, value: { requestId: "r-1" } },
    { desc: RetryInfoSchema, value: { retryDelay: { seconds: 2n, nanos: 500_000_000 } } },
    { desc: BadRequestSchema, value: { fieldViolations: [{ field: "email", description: "is too long" }] } },
  ]);
  assert.deepEqual(failureOf(error), {
    reason: "TOO_MANY_CALLS",
    metadata: { limit: "5" },
    violations: [{ field: "email", description: "is too long" }],
    requestId: "r-1",
    retryAfterMs: 2500,
  });
});

test("what the server did not say is no failure of the server", () => {
  assert.equal(failureOf(new ConnectError("offline", Code.Unavailable)), undefined);
  assert.equal(failureOf(new TypeError("network")), undefined);
});
