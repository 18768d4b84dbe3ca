import { EXPORTS_PATH } from "../exports/export-url";
import { openDownload } from "../exports/open-download";
import type { Deps } from "../graphql/context";
import type { Answer, Route } from "./route";
import { pageAnswer } from "./small-page";

/** The files of exports. The address is the credential: it is signed, and good for minutes. */
export function exportsRoute(deps: Pick<Deps, "db" | "clock" | "config">): Route {
  return {
    path: `${EXPORTS_PATH}/:ticket`,
    methods: ["GET"],
    answer: async ({ params }): Promise<Answer> => {
      const download = await openDownload(deps, params["ticket"] ?? "");
      if (download === "UNKNOWN") return unknown;
      if (download === "GONE") return gone;
      const { file, pieces } = download;
      const headers = {
        "content-type": file.contentType,
        "content-length": String(file.bytes),
        "content-disposition": `attachment; filename="${file.name}"`,
      };
      return { status: 200, headers, body: pieces };
    },
  };
}

const unknown = pageAnswer({
  status: 404,
  title: "This link leads nowhere",
  says: ["It is incomplete, or it was changed on the way."],
  code: "NOT_FOUND",
});

const gone = pageAnswer({
  status: 410,
  title: "This link has run out",
  says: ["Ask for the job's resultUrl again. The file itself is kept for a day."],
  code: "NOT_FOUND",
});
