// Plays a person with the HTML report: opened from disk, by mouse and by keyboard, light and dark, on a phone, printed.
// The first argument names a JSON file with the input; the output is another one, and a screenshot per step.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const input = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { chromium } = createRequire(path.join(input.modules, "x.js"))("playwright-core");
const told = { complaints: [], requests: [], screenshots: [] };

const browser = await chromium.launch({
  executablePath: input.browser,
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
page.setDefaultTimeout(input.limit_ms);
page.on("console", (message) => told.complaints.push(message.text()));
page.on("pageerror", (error) => told.complaints.push(String(error)));
page.on("dialog", (dialog) => { told.complaints.push(dialog.message()); dialog.dismiss(); });
page.on("request", (request) => told.requests.push(request.url()));

async function picture(name, fullPage = false) {
  const file = path.join(input.screenshots, `${String(told.screenshots.length + 1).padStart(2, "0")}-${name}.png`);
  await page.screenshot({ path: file, fullPage });
  told.screenshots.push(file);
}
const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const column = (table, at) =>
  page.locator(`#${table} tbody tr:not([hidden]) td:nth-child(${at})`).allInnerTexts();
const focused = () => page.evaluate(() => document.activeElement.closest("[id]")?.id);

await page.goto(input.url);
await picture("light");
told.light = await background();
told.byWorth = await column("files", 1);
await page.getByRole("columnheader", { name: "statements" }).last().getByRole("button").click();
told.statements = await column("files", 4);
await page.locator("#files th", { hasText: "file" }).getByRole("button").press("Enter");
told.byName = await column("files", 1);
await page.locator("#narrow").fill(input.narrowed);
told.narrowed = await column("files", 1);
await page.locator("#narrow").fill("");

// The keyboard: into the map, on to the next file, and to its source.
await page.evaluate(() => document.querySelector("a.tile").focus());
await page.keyboard.press("ArrowRight");
told.tile = await page.evaluate(() => document.activeElement.getAttribute("aria-label"));
told.stops = await page.evaluate(() => document.querySelectorAll("a.tile[tabindex='0']").length);
await page.keyboard.press("Enter");
await page.locator("details[open] .code").waitFor();
told.reached = await focused();
told.opened = await page.locator("details[open] summary b").allInnerTexts();

// A function leads to its line, which is marked.
await page.locator("#functions a", { hasText: input.function }).first().click();
await page.locator(".row.here").waitFor();
told.here = await page.locator(".row.here").innerText();
told.inView = await page.locator(".row.here").evaluate((row) => {
  const box = row.getBoundingClientRect();
  return box.top >= 0 && box.bottom <= innerHeight;
});
told.signs = await page.locator("details[open] .row.u .sign").first().getAttribute("aria-label");
await picture("source");
await page.locator("details.listing summary", { hasText: input.odd }).click();
const oddRows = page.locator("details[open]", { hasText: input.odd }).locator(".row");
await oddRows.first().waitFor(); // drawn when the browser says that it is open, which is after the click
told.odd = await oddRows.allInnerTexts();

// The colours: by choice, kept for the next time, and by the system.
await page.getByLabel("Colours").selectOption("dark");
told.dark = await background();
await page.reload();
told.darkStays = await background();
await page.evaluate(() => scrollTo(0, 0));
await picture("dark");
await page.getByLabel("Colours").selectOption("system");
await page.emulateMedia({ colorScheme: "dark" });
told.darkSystem = await background();
await page.emulateMedia({ media: "print" });
told.printed = await background();
await page.emulateMedia({ media: "screen", colorScheme: "light" });

await page.setViewportSize({ width: 390, height: 844 });
told.sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
await page.evaluate(() => scrollTo(0, 0));
await picture("phone");
told.pages = (await page.pdf({ format: "A4" })).toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;

await browser.close();
writeFileSync(input.output, JSON.stringify(told));
