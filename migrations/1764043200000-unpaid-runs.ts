import type { MigrationInterface, QueryRunner } from "typeorm";

/** Facts of a subscription name every unpaid invoice since the last payment, instead of the oldest open one. */
export class UnpaidRuns1764043200000 implements MigrationInterface {
  readonly name = "UnpaidRuns1764043200000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  down(): Promise<void> {
    throw new Error("Migrations roll forward only: restore a backup, or write a new migration.");
  }
}

const statements = [
  // Without a failure there is no run, and facts without the field are read as such.
  `update stripe_facts set facts = jsonb_set(
     facts #- '{state,firstFailureAt}' #- '{state,failedInvoice}', '{state,unpaid}', jsonb_build_object(
       'sinceAt', facts #> '{state,firstFailureAt}',
       'paidAt', null,
       'invoices', jsonb_build_array(jsonb_build_object(
         'id', facts #> '{state,failedInvoice}', 'failedAt', facts #> '{state,firstFailureAt}'))))
   where kind = 'SUBSCRIPTION' and facts #>> '{state,firstFailureAt}' is not null
     and facts #>> '{state,failedInvoice}' is not null`,
];
