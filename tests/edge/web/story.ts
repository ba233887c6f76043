// What the story of a post asks a page to do: people who post, like and comment over gRPC-Web, and see it as it happens.
import { createClient } from "@connectrpc/connect";
import { createPlatformTransport } from "../../../clients/typescript/src/index.js";
import { CommunityService } from "../../../clients/typescript/src/gen/cnt/community/v1/community_service_pb.js";
import { ModerationService } from "../../../clients/typescript/src/gen/cnt/moderation/v1/moderation_service_pb.js";
import { NotificationService } from "../../../clients/typescript/src/gen/cnt/notification/v1/notification_service_pb.js";

interface Change {
  post_id: string;
  likes: number;
  comments: string[];
  approved: boolean | null;
}

interface Stream {
  changes: Change[];
  notices: { seq: number; title: string }[];
  unread: number;
  stop(): void;
}

const streams: Stream[] = [];

function clients(baseUrl: string, accessToken: string) {
  const transport = createPlatformTransport({ baseUrl, accessToken: () => accessToken });
  return {
    community: createClient(CommunityService, transport),
    moderation: createClient(ModerationService, transport),
    notifications: createClient(NotificationService, transport),
  };
}

async function post(baseUrl: string, token: string, content: string) {
  const answer = await clients(baseUrl, token).community.createPost({ content });
  return String(answer.post!.postId);
}

async function approve(baseUrl: string, token: string, postId: string) {
  const decided = { contentType: "community_post", contentId: BigInt(postId) };
  await clients(baseUrl, token).moderation.approveContent(decided);
}

async function like(baseUrl: string, token: string, postId: string) {
  return (await clients(baseUrl, token).community.toggleLike({ postId: BigInt(postId) })).liked;
}

async function likeComment(baseUrl: string, token: string, commentId: string) {
  return (await clients(baseUrl, token).community.toggleCommentLike({ commentId: BigInt(commentId) })).liked;
}

async function comment(baseUrl: string, token: string, postId: string, content: string, parentId: string) {
  const said = { postId: BigInt(postId), content, parentId: BigInt(parentId) };
  return String((await clients(baseUrl, token).community.createComment(said)).comment!.commentId);
}

async function unread(baseUrl: string, token: string) {
  return Number((await clients(baseUrl, token).notifications.getUnreadCount({})).unreadCount);
}

/** Opens a stream, reads it until it is stopped, and returns its number once it has told how things stand. */
async function follow<T>(messages: (signal: AbortSignal) => AsyncIterable<T>, take: (stream: Stream, message: T) => boolean) {
  const abort = new AbortController();
  const stream: Stream = { changes: [], notices: [], unread: 0, stop: () => abort.abort() };
  await new Promise<void>((resolve) => {
    void (async () => {
      try {
        for await (const message of messages(abort.signal)) if (take(stream, message)) resolve();
      } catch {
        resolve(); // stopped, or refused: then nothing is seen, and the test fails
      }
    })();
  });
  return streams.push(stream) - 1;
}

function watchPost(baseUrl: string, token: string, postIds: string) {
  const { community } = clients(baseUrl, token);
  return follow(
    (signal) => community.watchPosts({ postIds: postIds.split(",").map(BigInt) }, { signal }),
    (stream, { event }) => {
      if (event.case === "change") {
        const { postId, likesCount, comments, post } = event.value;
        const approved = post ? post.isApproved : null;
        const words = comments.map((each) => each.content);
        stream.changes.push({ post_id: String(postId), likes: Number(likesCount), comments: words, approved });
      }
      return event.case === "heartbeat";
    },
  );
}

function watchNotices(baseUrl: string, token: string, afterSeq: string) {
  const { notifications } = clients(baseUrl, token);
  return follow(
    (signal) => notifications.watchNotifications({ afterSeq: BigInt(afterSeq) }, { signal }),
    (stream, { event }) => {
      if (event.case === "notification") stream.notices.push({ seq: Number(event.value.seq), title: event.value.title });
      if (event.case === "heartbeat") stream.unread = Number(event.value.unreadCount);
      return event.case === "heartbeat";
    },
  );
}

function seen(number: number) {
  const { changes, notices, unread } = streams[number]!;
  return { changes, notices, unread };
}

function stop(number: number) {
  streams[number]!.stop();
}

Object.assign(window, { page: { post, approve, like, likeComment, comment, unread, watchPost, watchNotices, seen, stop } });
