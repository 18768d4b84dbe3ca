export type Environment = Readonly<Record<string, string | undefined>>;

/** What the configuration is read for. */
export interface Purpose {
  /** Somebody's own machine: secrets may be missing or weak, plain http is fine, a live Stripe key is not. */
  localMode: boolean;
  /** For commands that only look after the database: no other secret has to be there. */
  databaseOnly?: boolean;
}

/** A setting's name with one or two sentences: what is wrong and what would be right. Never its value. */
export interface Mistake {
  setting: string;
  problem: string;
}
