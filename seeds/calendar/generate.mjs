// Makes holidays.txt from the npm package chinese-days. Usage, in an empty folder:
//   npm pack chinese-days@1.5.7 && tar xzf chinese-days-1.5.7.tgz
//   node generate.mjs package > holidays.txt
import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
if (!folder) {
  console.error("usage: node generate.mjs PACKAGE_FOLDER > holidays.txt");
  process.exit(2);
}
const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const data = JSON.parse(readFileSync(join(folder, "dist", "chinese-days.json"), "utf8"));

const nameOf = (value) => value.split(",")[1];
const next = (day) => new Date(Date.parse(day) + 86400000).toISOString().slice(0, 10);

// Consecutive days of one holiday within one year become one line.
const spans = [];
for (const day of Object.keys(data.holidays).sort()) {
  const title = nameOf(data.holidays[day]);
  const last = spans.at(-1);
  if (last && last.title === title && next(last.to) === day && day.slice(5) !== "01-01") {
    last.to = day;
  } else {
    spans.push({ from: day, to: day, title });
  }
}

const out = [
  "# Public holidays of mainland China and their make-up working days (调休), by year.",
  `# Source: npm package ${name} ${version} (licence ${license}), dist/chinese-days.json.`,
  "# Made by generate.mjs; the format is described in README.md.",
];
const years = [...new Set(Object.keys(data.holidays).map((day) => day.slice(0, 4)))].sort();
for (const year of years) {
  out.push("", `year ${year}`);
  for (const { from, to, title } of spans.filter((s) => s.from.startsWith(year))) {
    out.push(`holiday ${from} ${to} ${title}`);
  }
  for (const day of Object.keys(data.workdays).filter((d) => d.startsWith(year)).sort()) {
    out.push(`workday ${day} ${nameOf(data.workdays[day])}`);
  }
}
console.log(out.join("\n"));
