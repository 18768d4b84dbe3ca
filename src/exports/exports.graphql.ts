import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";
import { UserFilterInput } from "../decisions/list-users.graphql";
import { Allow } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { ActivityFilterInput } from "../journal/journal.graphql";
import { Job, toJob } from "../work/jobs.graphql";
import { enumOf } from "../graphql/enums";
import { type ExportFormat, readExportFormat } from "./read-export-format";
import { findResultUrl } from "./find-result-url";
import { startActivityExport } from "./start-activity-export";
import { startUserExport } from "./start-user-export";

const FORMAT = "CSV or JSONL, in any case; CSV by default. `fileFormat` takes the same as an enum.";
const FILE_FORMAT = "The format of the file; CSV by default. It must not contradict `format`.";

const ExportFormatEnum = enumOf<ExportFormat>("ExportFormat", "The format of an export's file.", {
  CSV: "Comma-separated values, with a line of names first.",
  JSONL: "A JSON object in each line.",
});

@Resolver()
export class ExportsResolver {
  @Allow("READ")
  @Mutation(() => Job, {
    description:
      "Writes the users that `users` would list into a file, as they are when each page is written. `Job.resultUrl` says where it is.",
  })
  async exportUsers(
    @Ctx() ctx: Context,
    @Arg("filter", () => UserFilterInput, { nullable: true, description: "Which ones." })
    filter: UserFilterInput | null,
    @Arg("format", () => String, { nullable: true, description: FORMAT }) format: string | null,
    @Arg("fileFormat", () => ExportFormatEnum, { nullable: true, description: FILE_FORMAT })
    fileFormat: ExportFormat | null,
  ): Promise<Job> {
    return toJob(await startUserExport(ctx, filter ?? {}, readExportFormat(format, fileFormat)));
  }

  @Allow("READ")
  @Mutation(() => Job, {
    description:
      "Writes the lines of the journal that `activities` would list into a file. `Job.resultUrl` says where it is.",
  })
  async exportActivities(
    @Ctx() ctx: Context,
    @Arg("filter", () => ActivityFilterInput, { nullable: true, description: "Which lines." })
    filter: ActivityFilterInput | null,
    @Arg("format", () => String, { nullable: true, description: FORMAT }) format: string | null,
    @Arg("fileFormat", () => ExportFormatEnum, { nullable: true, description: FILE_FORMAT })
    fileFormat: ExportFormat | null,
  ): Promise<Job> {
    return toJob(await startActivityExport(ctx, filter ?? {}, readExportFormat(format, fileFormat)));
  }
}

@Resolver(() => Job)
export class ExportResultResolver {
  @FieldResolver(() => String, {
    nullable: true,
    description:
      "Where the file of an export is: an address for a quarter of an hour, made when it is asked for, which needs no credential. Null before the end, a day after it, and for other jobs.",
  })
  async resultUrl(@Root() job: Job, @Ctx() ctx: Context): Promise<string | null> {
    return findResultUrl(ctx, job);
  }
}
