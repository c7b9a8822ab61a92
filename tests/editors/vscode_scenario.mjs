// Plays a person in VS Code: open a file, see gaps and lenses, generate a test from the light bulb, see it green.
// The first argument names a JSON file with the input; the output is another one, and a screenshot per step.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { accessibilityPlays } from "./vscode_accessibility.mjs";
import { mainJobPlays } from "./vscode_main_job.mjs";
import { modelPlays } from "./vscode_model.mjs";
import { serverPlays } from "./vscode_server.mjs";
import { viewPlays } from "./vscode_views.mjs";

const input = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { chromium } = createRequire(path.join(input.modules, "x.js"))("playwright-core");
const told = { step: "start", screenshots: [] };

const browser = await chromium.launch({
  executablePath: input.browser,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
page.setDefaultTimeout(input.limit_ms);

async function step(name) {
  told.step = name;
  const file = path.join(input.screenshots, `${String(told.screenshots.length + 1).padStart(2, "0")}-${name}.png`);
  await page.screenshot({ path: file });
  told.screenshots.push(file);
}

const shownToast = ".notification-toast.notification-fade-in-done";

const textsOf = async (selector) =>
  (await page.locator(selector).allInnerTexts()).map((text) => text.replace(/\s+/g, " ").trim()).filter(Boolean);

async function openFile(name) {
  await page.keyboard.press("Control+P");
  await page.keyboard.type(name);
  await page.locator(".quick-input-list .monaco-list-row", { hasText: path.basename(name) }).first().waitFor();
  await page.keyboard.press("Enter");
  await page.locator(".tab.active", { hasText: path.basename(name) }).waitFor();
}

async function goToLine(line) {
  await page.keyboard.press("Control+G");
  await page.keyboard.type(String(line));
  await page.locator(".quick-input-list .monaco-list-row", { hasText: `line ${line} ` }).waitFor(); // else Enter is lost
  await page.keyboard.press("Enter");
  await page.locator(".quick-input-widget").waitFor({ state: "hidden" });
}

async function allLinesOf(selector, pattern) {
  await page.waitForFunction(
    ([css, source]) => [...document.querySelectorAll(css)].some((node) => new RegExp(source).test(node.textContent)),
    [selector, pattern],
  );
}

async function openSource() {
  await page.goto(input.url);
  await page.locator(".monaco-workbench").waitFor();
  await page.locator(".explorer-folders-view").first().waitFor();
  await openFile(input.file);
  await page.locator(".view-lines").first().waitFor();
}

async function seeGaps() {
  await openSource();
  await goToLine(input.line);
  await page.locator(".cdr[class*=squiggly-]").first().waitFor({ state: "attached" });
  await allLinesOf(".codelens-decoration", "Generate test");
  await allLinesOf(".codelens-decoration", `${input.function_name}: \\d+ %`); // the figures come a moment later
  told.lenses = await textsOf(".codelens-decoration");
  told.toastsAtStart = await textsOf(".notification-toast");
  await step("gaps");
}

// Wait until a toast tells how the tests fared, then look at the file that was written.
async function seeResult() {
  await page.locator(shownToast, { hasText: "passed" }).first().hover(); // it goes after ten seconds, unless the pointer is on it
  told.toasts = await textsOf(".notification-toast");
  const before = told.lenses.filter((lens) => lens.includes(input.function_name));
  await page.waitForFunction(
    ([name, old]) => [...document.querySelectorAll(".codelens-decoration")]
      .map((node) => node.textContent.replace(/\s+/g, " ").trim())
      .some((text) => text.includes(name) && !old.includes(text)),
    [input.function_name, before],
  );
  told.lensesAfter = await textsOf(".codelens-decoration");
  await step("confirmed");
  told.unsaved = await page.locator(".tab.dirty").count();
  await page.locator(".notification-toast .monaco-button", { hasText: "Open Test" }).click();
  await page.locator(".tab.active", { hasText: path.basename(input.test_file) }).waitFor();
  await step("generated");
}

// Open the light bulb's menu, and take the entry.
async function choose(title) {
  const offer = page.locator(".action-widget .monaco-list-row", { hasText: title });
  // A busy VS Code drops the key while it moves the focus: a person presses it again.
  for (let left = 3; left > 0 && !(await offer.count()); left -= 1) {
    await page.keyboard.press("Control+.");
    await offer.first().waitFor({ timeout: input.limit_ms / 3 }).catch(() => undefined);
  }
  await offer.first().waitFor({ timeout: 1000 });
  told.actions = await textsOf(".action-widget .monaco-list-row");
  await step("actions");
  await offer.first().click();
}

async function generateFromThePalette() {
  await page.keyboard.press("F1");
  await page.keyboard.type("Greenline: ");
  // Only the first rows are there to be seen; this one is among them, once the server runs.
  await page.locator(".quick-input-list .monaco-list-row", { hasText: "Greenline: Clear Coverage" }).waitFor();
  told.commands = await textsOf(".quick-input-list .monaco-list-row");
  await step("palette");
  await page.keyboard.type("Generate Test for the Function");
  await page.locator(".quick-input-list .monaco-list-row.focused", { hasText: "Generate Test for the Function" }).waitFor();
  await page.keyboard.press("Enter");
}

async function command(title) {
  await page.keyboard.press("F1");
  await page.keyboard.type(title);
  await page.locator(".quick-input-list .monaco-list-row.focused", { hasText: title }).waitFor();
  await page.keyboard.press("Enter");
  await page.locator(".quick-input-widget").waitFor({ state: "hidden" });
}

// The entries of the Problems view, once one of them has the text.
async function problemsWith(text) {
  await page.locator(".markers-panel .monaco-list-row", { hasText: text }).first().waitFor();
  return textsOf(".markers-panel .monaco-list-row");
}

// Show what the pointer is told on a word of the source.
async function hover(word) {
  const place = page.locator(".view-line span span", { hasText: word }).first();
  for (let left = 3; left > 0; left -= 1) {
    await page.mouse.move(5, 400); // away: a pointer that does not move hovers over nothing
    await place.hover();
    if (await page.locator(".monaco-hover:visible", { hasText: "test" }).first().waitFor({ timeout: input.limit_ms / 6 }).then(() => true, () => false)) {
      break;
    }
  }
  return textsOf(".monaco-hover:visible");
}

const plays = {
  // Every kind of mark in one file: after a run of all tests, and an edit.
  async kinds() {
    await openSource();
    await allLinesOf(".codelens-decoration", "No coverage data yet");
    await step("no-data");
    await command("Greenline: Run Tests with Coverage");
    await allLinesOf(".codelens-decoration", "total: ");
    await page.keyboard.press("Control+Shift+M");
    await problemsWith("fails (");
    await page.locator(".notification-toast", { hasText: "Running" }).first().waitFor({ state: "hidden" });
    told.problems = await problemsWith("never called");
    await command("Notifications: Clear All Notifications");
    await step("kinds");
    await page.locator(".markers-panel .monaco-list-row").first().click();
    await page.keyboard.press("End"); // the view has only the rows that are in sight
    told.problems.push(...await problemsWith("Archive"));
    await step("more-kinds");
    await page.keyboard.press("Control+J");
    await page.locator(".markers-panel").waitFor({ state: "hidden" });
    await page.locator(".monaco-editor .view-lines").first().click();
    await goToLine(14);
    told.hover = await hover("refund");
    await step("hover");
    await goToLine(input.edited_line);
    await page.keyboard.press("End");
    await page.keyboard.type(" + 0");
    await page.keyboard.press("Control+Shift+M");
    told.edited = await problemsWith("changed after");
    await page.locator(".codelens-decoration", { hasText: "1 line changed since" }).first().waitFor();
    await step("edited");
    await page.keyboard.press("Control+J");
    await page.locator(".markers-panel").waitFor({ state: "hidden" });
    await goToLine(1);
    await page.keyboard.press("Control+Alt+G");
    await page.locator(".monaco-editor.focused").first().waitFor();
    await page.waitForFunction(
      (line) => (document.querySelector(".editor-status-selection, #status\\.editor\\.selection")?.textContent ?? "").includes(`Ln ${line},`),
      input.first_gap,
    );
    await step("next-gap");
    await command("Greenline: Show Report Status");
    await page.locator(".tab.active", { hasText: "Greenline" }).waitFor();
    const status = page.frameLocator("iframe.webview").frameLocator("iframe").locator("body");
    await status.filter({ hasText: "Python" }).waitFor();
    told.status = await status.innerText();
    told.tabs = await textsOf(".tab");
    await step("status");
  },

  async lightBulb() {
    await seeGaps();
    await page.keyboard.press("Control+Shift+M");
    await page.locator(".markers-panel .monaco-list-row").first().waitFor();
    told.problems = await textsOf(".markers-panel .monaco-list-row");
    await step("problems");
    await page.keyboard.press("Control+J");
    await page.locator(".markers-panel").waitFor({ state: "hidden" });
    await page.locator(".monaco-editor .view-lines").first().click();
    await goToLine(input.line);
    await page.locator(".monaco-editor.focused").first().waitFor();
    await choose(input.title);
    await page.locator(shownToast, { hasText: input.title.replaceAll("`", "") }).first().waitFor();
    told.progress = await textsOf(".notification-toast");
    await step("running");
    await seeResult();
  },

  async palette() {
    await seeGaps();
    await generateFromThePalette();
    await seeResult();
  },

  async suspectedBug() {
    await seeGaps();
    await generateFromThePalette();
    await page.locator(shownToast, { hasText: "passed" }).first().waitFor();
    await page.locator(".cdr.squiggly-warning").first().waitFor({ state: "attached" });
    await allLinesOf(".codelens-decoration", "small changes");
    told.lensesAfter = await textsOf(".codelens-decoration");
    await page.keyboard.press("Control+Shift+M");
    const marked = page.locator(".markers-panel .monaco-list-row", { hasText: input.bug });
    await marked.first().waitFor();
    told.problems = await textsOf(".markers-panel .monaco-list-row");
    await step("suspected-bug");
    await marked.first().dblclick();
    await page.locator(".monaco-editor.focused").first().waitFor();
    await choose(`Dismiss: ${input.bug}`);
    await marked.first().waitFor({ state: "detached" });
    told.problemsAfter = await textsOf(".markers-panel .monaco-list-row");
    await step("dismissed");
  },

  async noServer() {
    await openSource();
    await page.locator(".notification-toast", { hasText: "greenline" }).first().waitFor();
    told.toasts = await textsOf(".notification-toast");
    await step("no-server");
    await page.locator(".notification-toast .monaco-button", { hasText: "Choose a Command" }).click();
    await page.locator(".settings-editor .setting-item-title", { hasText: "Command" }).first().waitFor();
    told.settings = await page.locator(".settings-editor .suggest-input-container").first().innerText();
    await step("settings");
  },
};

try {
  const person = { page, input, told, step, textsOf, openFile, openSource, goToLine, allLinesOf, command, choose, seeGaps, generateFromThePalette, shownToast };
  await { ...plays, ...serverPlays(person), ...viewPlays(person), ...accessibilityPlays(person), ...mainJobPlays(person), ...modelPlays(person) }[input.play]();
  told.step = "done";
} catch (error) {
  told.problem = String(error.stack ?? error);
  told.failedAfter = told.step;
  told.seen = await textsOf(".notification-toast").catch(() => []);
  await step("failed").catch(() => undefined);
  told.step = "failed";
} finally {
  writeFileSync(input.output, JSON.stringify(told, null, 1));
  await browser.close();
}
