import { type MigrationInterface, type QueryRunner } from "typeorm";

/** Clears the bodies of events that were given up: they name people and are not read any more. */
export class BodiesOfFailedEvents1764059000000 implements MigrationInterface {
  readonly name = "BodiesOfFailedEvents1764059000000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("update stripe_inbox set body = null where state = 'FAILED' and body is not null");
  }

  down(): Promise<void> {
    throw new Error("Migrations roll forward only: restore a backup, or write a new migration.");
  }
}
