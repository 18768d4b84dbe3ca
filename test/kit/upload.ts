import { type ClientRequest, type IncomingMessage, request as open } from "node:http";

export interface UploadAnswer {
  status: number;
  headers: IncomingMessage["headers"];
  text: string;
  /** Of an answer of JSON. */
  json: {
    job?: { id: string; status: string };
    upload?: { offset: number; complete: boolean };
    errors?: { message: string; extensions: { code: string; field?: string; details?: Record<string, unknown> } }[];
  };
}

export interface OpenUpload {
  request: ClientRequest;
  /** Resolves when these bytes were handed on; later ones wait until the other side takes them. */
  write(bytes: Buffer | string): Promise<void>;
  /** As a cable that is pulled. */
  cut(): void;
  end(bytes?: Buffer | string): void;
  answer: Promise<UploadAnswer>;
}

/** A request whose body the test sends as it likes. */
export function openUpload(url: string, method: string, headers: Record<string, string>): OpenUpload {
  const request = open(url, { method, headers, agent: false });
  const answer = new Promise<UploadAnswer>((resolve, reject) => {
    request.once("error", reject);
    request.once("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.once("error", reject);
      response.once("end", () => {
        const isJson = /json/.test(response.headers["content-type"] ?? "") && text !== "";
        const json = isJson ? (JSON.parse(text) as UploadAnswer["json"]) : {};
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
      });
    });
  });
  // A test that cuts the line does not wait for the answer.
  answer.catch(() => undefined);
  return {
    request,
    answer,
    write: (bytes) => new Promise((done) => void request.write(bytes, () => done())),
    cut: () => void request.destroy(),
    end: (bytes) => void request.end(bytes),
  };
}

/** Sends everything at once and reads the answer. */
export function upload(
  url: string,
  method: string,
  headers: Record<string, string>,
  body?: Buffer | string,
): Promise<UploadAnswer> {
  const opened = openUpload(url, method, headers);
  opened.end(body);
  return opened.answer;
}
