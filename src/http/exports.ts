import { EXPORTS_PATH } from "../exports/export-url";
import { openDownload } from "../exports/open-download";
import type { Deps } from "../graphql/context";
import type { Answer, Route } from "./route";
import { type PageLink, pageAnswer, type WayOut } from "./small-page";

/** The files of exports. The address is the credential: it is signed, and good for minutes. */
export function exportsRoute(deps: Pick<Deps, "db" | "clock" | "config">, wayOut: WayOut): Route {
  return {
    path: `${EXPORTS_PATH}/:ticket`,
    methods: ["GET"],
    isPage: true,
    answer: async ({ params, path, search, headers: { referer } }): Promise<Answer> => {
      const download = await openDownload(deps, params["ticket"] ?? "");
      if (typeof download === "string") return refusals[download](wayOut({ path, search, referer }));
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

const refusals = {
  UNKNOWN: (link: PageLink) =>
    pageAnswer({
      status: 404,
      title: "This link leads nowhere",
      says: ["It is incomplete, or it was changed on the way."],
      link,
      code: "NOT_FOUND",
    }),
  GONE: (link: PageLink) =>
    pageAnswer({
      status: 410,
      title: "This link has run out",
      says: ["Ask for the job's resultUrl again. The file itself is kept for a day."],
      link,
      code: "NOT_FOUND",
    }),
};
