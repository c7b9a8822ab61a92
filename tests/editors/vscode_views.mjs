// What a person does in Greenline's views: the list of gaps, the Testing view, previews, and what is refused.
import { readFileSync, utimesSync } from "node:fs";
import path from "node:path";

export function viewPlays({ page, input, told, step, textsOf, openFile, openSource, goToLine, allLinesOf, command, seeGaps, generateFromThePalette, shownToast }) {
  const rows = ".pane:has(.pane-header[aria-label^='Gaps']) .monaco-list-row";
  const row = (text) => page.locator(rows, { hasText: text }).first();
  const toast = (text) => page.locator(shownToast, { hasText: text }).first();
  // A message goes after ten seconds, unless the pointer is on it.
  const pointAt = (text) => toast(text).hover();
  const button = (text) => page.locator(".notification-toast .monaco-button", { hasText: text }).first();

  async function showGapsView() {
    await command("Focus on Gaps View");
    await page.locator(".pane-header[aria-label^='Gaps']").first().waitFor();
  }

  // Choose in the list which test's coverage is shown.
  async function coverageOf(name) {
    await page.keyboard.press("F1");
    await page.keyboard.type("Test: Filter Coverage by Test");
    await page.locator(".quick-input-list .monaco-list-row.focused", { hasText: "Filter Coverage by Test" }).waitFor();
    await page.keyboard.press("Enter");
    const found = page.locator(".quick-input-list .monaco-list-row", { hasText: name }).first();
    await found.waitFor();
    await found.click();
    await page.locator(".quick-input-widget").waitFor({ state: "hidden" });
  }

  async function spoken(selector) {
    return page.locator(selector).evaluateAll((nodes) => nodes.map((node) => node.getAttribute("aria-label") ?? ""));
  }

  return {
    // The worst file first, into a function, and two tests with one progress.
    async gapsView() {
      await openSource();
      await allLinesOf(".codelens-decoration", "Generate test");
      await showGapsView();
      await row("tracking.py").waitFor();
      told.files = await textsOf(rows);
      told.spoken = await spoken(rows);
      await step("gaps-view");
      await row("tracking.py").click();
      await page.keyboard.press("ArrowRight");
      await row("parse_header").waitFor();
      told.functions = await textsOf(rows);
      await row("priority").click();
      await page.locator(".monaco-editor .view-line", { hasText: "def priority" }).first().waitFor();
      await step("a-gap-opened");
      await row("parse_header").click();
      await row("priority").click({ modifiers: ["Control"] });
      await page.locator(".pane-header[aria-label^='Test Explorer']").click(); // which leaves the Gaps all the room
      await page.locator(".codelens-decoration", { hasText: "priority: 0 %" }).first().waitFor();
      await row("priority").hover();
      await step("several-selected");
      await page.locator(rows).first().evaluate((node) => node.closest(".monaco-list").focus());
      await page.keyboard.press("Control+Enter");
      await toast("Generate tests for 2 functions").waitFor();
      told.progress = await textsOf(".notification-toast");
      await step("generating-two");
      await pointAt("passed for 2 functions");
      told.toasts = await textsOf(".notification-toast");
      await row("priority").waitFor({ state: "detached" });
      await allLinesOf(".codelens-decoration", "priority: 100 %");
      told.filesAfter = await textsOf(rows);
      await step("two-generated");
      await button("Undo").click();
      await row("priority").waitFor();
      await step("undone");
    },

    // The server takes its time to list the gaps: what was opened stays, and the row that has the focus is meant.
    async slowGaps() {
      const asked = () => readFileSync(input.asked, "utf8").length;
      const measuredAgain = async () => {
        const [before, until] = [asked(), Date.now() + input.limit_ms];
        utimesSync(input.report, new Date(), new Date());
        while (asked() === before) {
          if (Date.now() > until) {
            throw new Error("nobody asked for the gaps of the new report");
          }
          await page.waitForTimeout(20);
        }
      };
      const downTo = async (name) => {
        for (let left = 20; left > 0 && !(await page.locator(`${rows}.focused[aria-label*='${name}']`).count()); left -= 1) {
          await page.keyboard.press("ArrowDown");
        }
      };
      await openSource();
      await showGapsView();
      await row("tracking.py").waitFor();
      await command("Focus on Gaps View"); // a view that was empty when it opened could not take the focus
      await page.keyboard.press("Home");
      await downTo("tracking.py");
      await measuredAgain();
      await page.keyboard.press("ArrowRight");
      await row("priority").waitFor();
      await downTo("priority");
      await measuredAgain();
      await page.keyboard.press("Control+Enter");
      await toast("passed").waitFor();
      told.toasts = await textsOf(".notification-toast");
      told.files = await textsOf(rows);
      await step("generated");
    },

    // Nothing is known at first: the view says so; the walkthrough's button measures, and its step is ticked.
    async firstRun() {
      await openSource();
      await allLinesOf(".codelens-decoration", "No coverage data yet");
      await showGapsView();
      await page.locator(".welcome-view-content, .welcome-view", { hasText: "No coverage yet" }).first().waitFor();
      await step("nothing-known");
      await page.locator(".pane:has(.pane-header[aria-label^='Gaps']) .monaco-button", { hasText: "Run Tests with Coverage" }).first().waitFor();
      await page.keyboard.press("F1");
      await page.keyboard.type("Welcome: Open Walkthrough...");
      await page.locator(".quick-input-list .monaco-list-row.focused", { hasText: "Open Walkthrough" }).waitFor();
      await page.keyboard.press("Enter");
      await page.keyboard.type("Start with Greenline");
      await page.locator(".quick-input-list .monaco-list-row.focused", { hasText: "Start with Greenline" }).waitFor();
      await page.keyboard.press("Enter");
      await page.locator(".gettingStartedContainer .step-title", { hasText: "Measure" }).first().waitFor();
      told.steps = await textsOf(".gettingStartedContainer .step-title");
      await step("walkthrough");
      await page.locator(".gettingStartedContainer .step-container .monaco-button, .gettingStartedContainer .getting-started-step .monaco-button", { hasText: "Run Tests with Coverage" }).first().click();
      await row("orders.py").waitFor();
      told.files = await textsOf(rows);
      await page.locator("[data-done-step-id$='measure'].complete").first().waitFor();
      told.done = await page.locator("[data-done-step-id].complete").evaluateAll((nodes) => nodes.map((node) => node.getAttribute("data-done-step-id").split("#").at(-1)));
      await toast("passed").waitFor();
      await step("measured");
    },

    async cancel() {
      await openSource();
      await allLinesOf(".codelens-decoration", "Generate test");
      await openFile("wild.py");
      await goToLine(1);
      await generateFromThePalette();
      await toast("Generate test for").waitFor(); // which goes on for as long as nobody cancels it
      await step("running");
      await button("Cancel").click();
      await page.locator(shownToast, { hasText: "Generate test for" }).first().waitFor({ state: "detached" });
      told.toasts = await textsOf(".notification-toast");
      await step("cancelled");
    },

    // Shown before it is written: discarded once, applied the second time.
    async preview() {
      await seeGaps();
      await generateFromThePalette();
      const apply = page.locator(".bulk-edit-panel .monaco-button", { hasText: /^Apply$/ }).first();
      const shown = page.locator(".bulk-edit-panel .monaco-list-row", { hasText: path.basename(input.test_file) }).first();
      const selected = shown.locator("input, .monaco-checkbox, .monaco-custom-toggle").first(); // what nobody selects is not applied
      await toast("select and apply").waitFor();
      await selected.click();
      await page.locator(".bulk-edit-panel .monaco-list-row", { hasText: "def test_" }).first().click();
      await page.locator(".tab", { hasText: "Refactor Preview" }).waitFor();
      await page.locator(".monaco-diff-editor .view-lines").nth(1).waitFor(); // as it is, and as it will be
      await step("preview");
      await page.locator(".bulk-edit-panel .monaco-button", { hasText: /^Discard$/ }).first().click();
      await toast("not accepted").waitFor();
      await shown.waitFor({ state: "hidden" });
      told.toasts = await textsOf(".notification-toast");
      await step("discarded");
      await command("Notifications: Clear All Notifications");
      await openFile(input.file);
      await goToLine(input.line);
      await generateFromThePalette();
      await selected.click();
      await step("selected");
      await apply.click();
      await pointAt("passed in");
      told.applied = await textsOf(".notification-toast");
      told.unsaved = await page.locator(".tab.dirty").count();
      await step("applied");
      await button("Run Again").click();
      await toast("up to date").waitFor();
      told.again = await textsOf(".notification-toast");
      await step("run-again");
    },

    // What passed in the scratch copy, and does not where the person works.
    async failingConfirmation() {
      await seeGaps();
      await generateFromThePalette();
      await pointAt("failed in the file");
      told.toasts = await textsOf(".notification-toast");
      await step("not-confirmed");
      await button("Undo").click();
      await page.locator(shownToast).first().waitFor({ state: "detached" });
      for (const until = Date.now() + input.limit_ms; readFileSync(input.written, "utf8") !== input.before; ) {
        if (Date.now() > until) {
          throw new Error("it is not taken back");
        }
        await page.waitForTimeout(50);
      }
      await step("taken-back");
    },

    async testingView() {
      await openSource();
      await allLinesOf(".codelens-decoration", "Generate test");
      await command("Testing: Focus on Test Explorer View");
      await step("no-tests-known");
      await page.locator(".welcome-view .monaco-button, .welcome-view-content .monaco-button", { hasText: "Run Tests with Coverage" }).first().click();
      await page.locator(".monaco-list-row", { hasText: "tests/test_tracking.py" }).first().waitFor();
      told.tests = await textsOf(".monaco-list-row");
      await step("tests-known");
      await command("Test: Run All Tests with Coverage");
      await page.locator(".test-coverage-list-item, .test-coverage-list-item-label", { hasText: "tracking.py" }).first().waitFor();
      told.covered = await textsOf(".test-coverage-list-item");
      await step("covered");
      await page.locator(".test-coverage-list-item", { hasText: "tracking.py" }).first().dblclick();
      await page.locator(".test-coverage-list-item", { hasText: "parse_header" }).first().waitFor();
      told.functions = await textsOf(".test-coverage-list-item");
      await command("Test: Toggle Inline Coverage");
      await page.locator(".coverage-deco-gutter").first().waitFor({ state: "attached" });
      told.gutter = await page.locator(".coverage-deco-gutter").count();
      await step("inline");
      // Of one test alone, and of all again.
      await coverageOf("test_parse_tracking");
      await page.locator(".test-coverage-list-item", { hasText: "pricing.py" }).first().waitFor({ state: "detached" });
      told.coveredByOne = await textsOf(".test-coverage-list-item");
      await step("of-one-test");
      await coverageOf("Entire run");
      await page.locator(".test-coverage-list-item", { hasText: "pricing.py" }).first().waitFor();
      // Tests that are generated are in the list, and in the figures.
      await page.locator(".tab", { hasText: "tracking.py" }).first().click();
      await goToLine(input.line);
      await generateFromThePalette();
      await toast("passed").waitFor();
      await page.waitForFunction(
        (before) => [...document.querySelectorAll(".test-coverage-list-item")].map((node) => node.textContent)
          .some((text) => text.includes("tracking.py") && !before.some((old) => old.replace(/\s+/g, "") === text.replace(/\s+/g, ""))),
        told.covered,
      );
      told.coveredAfter = await textsOf(".test-coverage-list-item");
      await step("in-step");
    },

    // Tests that run as a file is saved: how they ended stands in the Testing view, and nothing is opened for it.
    async savedInStep() {
      const refund = (state) => page.locator(`.test-explorer .monaco-list-row[aria-label*="test_refund"][aria-label*="${state}"]`).first();
      await openSource();
      await allLinesOf(".codelens-decoration", "No coverage data yet");
      await command("Testing: Focus on Test Explorer View");
      await command("View: Focus First Editor Group");
      await goToLine(input.line);
      await page.keyboard.press("End");
      await page.keyboard.type(" + 0");
      await page.keyboard.press("Control+S");
      await pointAt("test_refund");
      await page.locator(".test-explorer .monaco-list-row", { hasText: "test_orders.py" }).first().locator(".monaco-tl-twistie").click();
      await refund("Failed").waitFor();
      told.failed = await spoken(".test-explorer .monaco-list-row");
      await step("failed");
      await command("View: Focus First Editor Group");
      await goToLine(input.line);
      await page.keyboard.press("Home");
      await page.keyboard.press("Shift+End");
      await page.keyboard.type("return amount");
      await page.keyboard.press("Control+S");
      await refund("Passed").waitFor();
      told.passed = await spoken(".test-explorer .monaco-list-row");
      told.results = await page.locator(".test-output-peek-tree").count();
      await step("passed");
    },

    // All tests of both folders in one run: what fails stands at its line, and in the results.
    async testingSeveralFolders() {
      await openSource();
      await allLinesOf(".codelens-decoration", "Generate test");
      await openFile("test_orders.py");
      await command("Testing: Focus on Test Explorer View");
      await page.locator(".welcome-view .monaco-button, .welcome-view-content .monaco-button", { hasText: "Run Tests with Coverage" }).first().click();
      for (const name of ["test_tracking.py", "test_orders.py"]) {
        await page.locator(".test-explorer .monaco-list-row", { hasText: name }).first().waitFor();
      }
      told.tests = await textsOf(".test-explorer .monaco-list-row");
      await command("Test: Run All Tests with Coverage");
      for (const name of ["tracking.py", "orders.py"]) {
        await page.locator(".test-coverage-list-item", { hasText: name }).first().waitFor();
      }
      told.covered = await textsOf(".test-coverage-list-item");
      const atLine = page.locator("[class*=test-message-inline-content], .test-error-content-widget", { hasText: "-5" }).first();
      await atLine.waitFor();
      told.atLine = await atLine.innerText();
      await step("at-its-line");
      await command("Test Results: Focus on Test Results View");
      const results = page.locator(".test-output-peek-tree .monaco-list-row");
      await results.filter({ hasText: "test_refund" }).first().waitFor();
      told.results = await textsOf(".test-output-peek-tree .monaco-list-row");
      await step("results");
      await results.first().click(); // the run as a whole: its output
      const output = page.locator(".xterm-rows").first();
      await output.filter({ hasText: "1 failed" }).waitFor(); // the last of it
      told.output = await output.innerText();
      await step("output");
    },

    // Nothing of the project runs: what a report says is shown.
    async restricted() {
      await openSource();
      await goToLine(input.line); // lenses get their figures when they are in sight
      await allLinesOf(".codelens-decoration", "parse_header: 60 %");
      told.lenses = await textsOf(".codelens-decoration");
      await page.locator("[id*='greenline.coverage'] a").first().click(); // what can be done now
      await page.locator(".quick-input-list .monaco-list-row", { hasText: "Greenline: Restart Server" }).waitFor();
      told.commands = await textsOf(".quick-input-list .monaco-list-row");
      await step("palette");
      await page.keyboard.press("Escape");
      await showGapsView();
      await row("tracking.py").waitFor();
      told.files = await textsOf(rows);
      told.welcome = await textsOf(".test-explorer .welcome-view-content, .welcome-view-content");
      await step("restricted");
    },

    // The bars, and how they differ where colours do not.
    async theme() {
      await seeGaps();
      await page.locator(".pane-header, .monaco-editor").first().waitFor();
      told.bars = await page.evaluate(() => {
        const found = {};
        for (const node of document.querySelectorAll(".view-overlays .cdr")) {
          const style = getComputedStyle(node);
          if (node.matches("[class*=TextEditorDecoration]")) {
            found[style.borderLeftStyle] = style.borderLeftColor;
          }
        }
        return found;
      });
      told.status = await page.locator("[id='greenline.greenline.greenline.coverage'], [id*='greenline.coverage']").first().getAttribute("aria-label");
      await step(input.theme);
    },

    // The whole project as a page, in the editor's colours; its links lead to the lines of a file. Then its history.
    async projectPages() {
      const frame = page.frameLocator("iframe.webview >> visible=true").frameLocator("iframe");
      await seeGaps();
      await command("Greenline: Show Coverage Report");
      await page.locator(".tab.active", { hasText: "Coverage report" }).waitFor();
      await frame.locator("#map a.tile").first().waitFor();
      told.title = await frame.locator("h1").innerText();
      told.colours = await frame.locator("body").evaluate((body) => {
        const { colorScheme } = getComputedStyle(body.parentElement);
        return { colorScheme, ground: getComputedStyle(body).backgroundColor, text: getComputedStyle(body).color };
      });
      told.ground = await page.locator(".monaco-workbench").evaluate((node) => getComputedStyle(node).getPropertyValue("--vscode-editor-background"));
      await step(`report-${input.theme}`);
      await frame.locator("#files a", { hasText: "tracking.py" }).first().click();
      await frame.locator("details.listing[open] .row.u").first().waitFor();
      told.source = await frame.locator("details.listing[open]").innerText();
      await step(`source-${input.theme}`);
      await command("Greenline: Show Coverage Trend");
      await toast("There is no history").waitFor();
      await command("Greenline: Record Coverage of This Commit");
      await page.locator(".tab.active", { hasText: "Coverage trend" }).waitFor();
      await frame.locator("#trend").waitFor();
      told.trend = await frame.locator("#trend").innerText();
      await step(`trend-${input.theme}`);
      await command("Greenline: Show Coverage Report"); // in the place of the first
      await page.locator(".tab.active", { hasText: "Coverage report" }).waitFor();
      told.tabs = await textsOf(".tab");
    },

    // How good the tests are: a page, and what was found in a message.
    async audited() {
      const frame = page.frameLocator("iframe.webview >> visible=true").frameLocator("iframe");
      await seeGaps();
      await command("Greenline: Audit Tests");
      await toast("no-assertion").waitFor({ timeout: 240_000 });
      told.toasts = await textsOf(".notification-toast");
      await page.locator(".tab.active", { hasText: "Audit of tests" }).waitFor();
      await frame.locator("#weaknesses").waitFor();
      told.title = await frame.locator("h1").innerText();
      told.weak = await frame.locator("#weaknesses").innerText();
      await step("audit");
    },

    // The project's Python has no pytest: the page says so, and its link installs.
    async noPytest() {
      await openSource();
      await allLinesOf(".codelens-decoration", "Generate test");
      if (input.first_run) {
        await pointAt("No test can run here yet");
        await step("first-run");
        await button("Show Report Status").click();
      } else {
        await command("Greenline: Show Report Status");
      }
      await page.locator(".tab.active", { hasText: "Greenline" }).waitFor();
      const status = page.frameLocator("iframe.webview").frameLocator("iframe").locator("body");
      await status.filter({ hasText: "pytest" }).waitFor();
      told.status = await status.innerText();
      told.links = await status.locator("a").allInnerTexts();
      await step("doctor");
      await status.locator("a", { hasText: "Install pytest" }).first().click();
      await toast("Install pytest?").waitFor();
      told.toasts = await textsOf(".notification-toast");
      told.offered = await textsOf(".notification-toast:has-text('Install pytest?') .monaco-button:not(.secondary)");
      await step("asked");
    },

    // One server for both folders.
    async severalFolders() {
      await openSource();
      await allLinesOf(".codelens-decoration", "Generate test");
      await showGapsView();
      await row("tracking.py").waitFor();
      told.files = await textsOf(rows);
      await step("both-folders");
      await openFile("orders.py"); // tests run for the folder of the file that is looked at
      await allLinesOf(".codelens-decoration", "No coverage data yet");
      await command("Greenline: Run Tests with Coverage");
      await toast("passed").waitFor();
      told.filesAfter = await textsOf(rows);
      await page.locator(rows).first().evaluate((node) => node.closest(".monaco-list").focus());
      await page.keyboard.press("End"); // the view has only the rows that are in sight
      await row("orders.py").waitFor();
      told.filesAfter.push(...await textsOf(rows));
      told.toasts = await textsOf(".notification-toast");
      await step("both-measured");
    },
  };
}
