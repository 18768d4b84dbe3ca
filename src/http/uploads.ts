import { toPublicId } from "../base/ids";
import { Refusal } from "../base/refusal";
import { mayAct } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { beginUpload } from "../user-lists/begin-upload";
import { findUpload } from "../user-lists/find-upload";
import { listTypes } from "../user-lists/list-types";
import { cancelJob } from "../work/cancel-job";
import type { JobEntity } from "../work/job.entity";
import { type UploadQuota, fileTooLarge, receiveFile } from "../work/receive-file";
import type { ContextOf, Identify } from "./graphql";
import { Unsupported } from "./read-body";
import { readListType, readUploadHeaders, readUploadOptions } from "./read-upload";
import { type Answer, type HttpRequest, type Route, jsonAnswer } from "./route";

const UPLOADS_PATH = "/imports/users";

interface Door {
  identify: Identify;
  contextOf: ContextOf;
}

/**
 * Lists of users of any length, as a stream. Whoever says `Upload-Complete` may go on after a broken connection, as in the
 * draft on resumable uploads: offsets count decoded bytes, so each part is compressed for itself.
 */
export function uploadRoutes(door: Door): Route[] {
  return [
    { path: UPLOADS_PATH, methods: ["POST"], answer: readably((request) => begin(door, request)) },
    {
      path: `${UPLOADS_PATH}/:job`,
      methods: ["GET", "PATCH", "DELETE"],
      answer: readably(async (request) => {
        const context = await enter(door, request);
        if (request.method === "PATCH") return goOn(context, request);
        return request.method === "DELETE" ? giveUp(context, request) : tell(context, request);
      }),
    },
  ];
}

/** A refusal is no use to somebody who is still sending a large file and finds the connection gone. */
function readably(answer: Route["answer"]): Route["answer"] {
  return async (request) => {
    try {
      return await answer(request);
    } catch (error) {
      if (error instanceof Refusal) await request.skipBody();
      throw error;
    }
  };
}

/** As `importUsers` does: for keys that may write users. */
async function enter({ identify, contextOf }: Door, request: HttpRequest): Promise<Context> {
  const { headers, requestId, address } = request;
  const identity = await identify({ authorization: headers.authorization, address, requestId });
  request.note.role = identity.role;
  if (!mayAct(identity.role, ["WRITE"])) {
    throw new Refusal("FORBIDDEN", {
      say: "Importing users needs a credential of role WRITE.",
      details: { role: identity.role },
    });
  }
  return contextOf({ identity, requestId, address });
}

async function begin(door: Door, request: HttpRequest): Promise<Answer> {
  const context = await enter(door, request);
  const contentType = readListType(request.headers["content-type"]);
  const options = readUploadOptions(request.search);
  const { isLast, at, length } = readUploadHeaders(request.headers);
  if (at !== null && at !== 0) throw new Refusal("INVALID_INPUT", { say: "A new upload begins at 0." });
  const bytesMax = context.config.limits.uploadBytesMax;
  refuseAnnounced(request, 0, length, bytesMax);
  const pieces = request.readPieces()[Symbol.asyncIterator]();
  // A job is begun when something is there, so that a knock alone leaves nothing behind.
  const first = await pieces.next();
  if (first.done && isLast !== false) throw new Refusal("INVALID_INPUT", { say: "The body is empty." });
  const name = listTypes[contentType] === "CSV" ? "users.csv" : "users.jsonl";
  let job: JobEntity;
  try {
    job = await beginUpload(context, { options, name, contentType });
  } catch (error) {
    await pieces.return?.(undefined);
    throw error;
  }
  context.log.info({ jobId: toPublicId("job", job.id) }, "a list of users is being uploaded");
  const received = { at: 0, isLast: isLast ?? true, bytesMax, quota: quotaOf(context, job) };
  try {
    const offset = await receiveFile(context, job.id, received, goingOn(first, pieces));
    return answerOf(job, { offset, isComplete: received.isLast, status: received.isLast ? 202 : 201 });
  } catch (error) {
    // What is refused will not be better the next time, and nobody knows the address yet; what broke off may be.
    if (error instanceof Refusal && error.code !== "CONFLICT") await cancelJob(context, { mode: job.mode, id: job.id });
    throw error;
  }
}

async function* goingOn(first: IteratorResult<Buffer, unknown>, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    for (let next = first; !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.(undefined);
  }
}

const PARTIAL = "application/partial-upload";

async function goOn(context: Context, request: HttpRequest): Promise<Answer> {
  const { job, file } = await findUpload(context.db, context.identity.mode, request.params["job"] ?? "");
  const { isLast, at, length } = readUploadHeaders(request.headers);
  if (at === null || isLast === null) {
    throw new Refusal("INVALID_INPUT", { say: "Say `Upload-Offset`, and `Upload-Complete` as ?0 or ?1." });
  }
  const type = request.headers["content-type"];
  if (type !== undefined && type !== PARTIAL && readListType(type) !== file.contentType) {
    throw new Unsupported(`Send the rest as \`Content-Type: ${PARTIAL}\`.`);
  }
  const bytesMax = context.config.limits.uploadBytesMax;
  refuseAnnounced(request, at, length, bytesMax);
  // Told before anything is sent, where that is possible.
  if (at !== file.bytes || file.complete)
    await receiveFile(context, job.id, { at, isLast: false, bytesMax }, nothing());
  const quota = quotaOf(context, job);
  const offset = await receiveFile(context, job.id, { at, isLast, bytesMax, quota }, request.readPieces());
  return answerOf(job, { offset, isComplete: isLast, status: isLast ? 202 : 204 });
}

/** The bytes of a list count for the key that began it, also when another key continues it. */
function quotaOf({ config }: Context, { mode, createdBy }: JobEntity): UploadQuota {
  const { uploadBytesMax, uploadQuotaBytes } = config.limits;
  // A list of the size that is allowed always fits.
  const bytesOfKeyMax = Math.max(uploadBytesMax, uploadQuotaBytes);
  return { mode, createdBy, bytesOfKeyMax };
}

async function* nothing(): AsyncGenerator<Buffer> {
  // A file that does not fit is refused without a byte.
}

async function tell(context: Context, request: HttpRequest): Promise<Answer> {
  const { job, file } = await findUpload(context.db, context.identity.mode, request.params["job"] ?? "");
  return answerOf(job, { offset: file.bytes, isComplete: file.complete, status: 200 });
}

async function giveUp(context: Context, request: HttpRequest): Promise<Answer> {
  const { job, file } = await findUpload(context.db, context.identity.mode, request.params["job"] ?? "");
  if (file.complete) {
    throw new Refusal("CONFLICT", { say: "The file is complete, and its job goes on; `cancelJob` ends it." });
  }
  await cancelJob(context, { mode: job.mode, id: job.id });
  return { status: 204 };
}

/** Before anything is read, as far as the caller says how much it will be. */
function refuseAnnounced(request: HttpRequest, at: number, length: number | null, bytesMax: number): void {
  const sent = request.headers["content-encoding"] === undefined ? Number(request.headers["content-length"] ?? 0) : 0;
  if (Math.max(length ?? 0, at + sent) > bytesMax) throw fileTooLarge(bytesMax);
}

interface Standing {
  offset: number;
  isComplete: boolean;
  status: 200 | 201 | 202 | 204;
}

function answerOf(job: JobEntity, { offset, isComplete, status }: Standing): Answer {
  const id = toPublicId("job", job.id);
  const headers = {
    location: `${UPLOADS_PATH}/${id}`,
    "upload-offset": String(offset),
    "upload-complete": isComplete ? "?1" : "?0",
  };
  if (status === 204) return { status, headers };
  return jsonAnswer(status, { job: { id, status: job.status }, upload: { offset, complete: isComplete } }, headers);
}
