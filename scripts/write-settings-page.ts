import { settingNames, settingOf, type SettingName } from "../src/config/settings";

export function writeSettingsPage(): string {
  return `# Settings

Settings come from the environment and are read once, when the program starts. An empty value and no value are the same.
All mistakes are told at once, by name, and no value is ever printed; a name with \`LATCHKEY_\` in front that is not in
this table is a mistake too.

\`npm start\` (\`latchkey dev\`) is *local mode*: nothing has to be set. \`latchkey serve\` needs the settings marked
**required**, and refuses secrets that could be guessed. With \`NODE_ENV=production\` local mode does not start.

| Setting | Meaning | Default | When it is empty |
| --- | --- | --- | --- |
${settingNames.map(lineOf).join("\n")}
`;
}

function lineOf(name: SettingName): string {
  const setting = settingOf(name);
  const marks = [setting.required && "**required**", setting.secret && "secret"].filter(Boolean).join(", ");
  const bounds = setting.bounds ? ` From ${setting.bounds.min} to ${setting.bounds.max}.` : "";
  const cells = [
    `\`${name}\`${marks && ` (${marks})`}`,
    setting.meaning + bounds,
    setting.default === null ? "" : `\`${setting.default}\``,
    setting.whenEmpty,
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
