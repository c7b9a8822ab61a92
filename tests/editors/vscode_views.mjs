// What a person does in Greenline's views: the list of gaps, the Testing view, previews, and what is refused.

export function viewPlays({ page, input, told, step, textsOf, openSource, goToLine, allLinesOf, command, seeGaps, generateFromThePalette, shownToast }) {
  const rows = ".pane:has(.pane-header[aria-label^='Gaps']) .monaco-list-row";
  const row = (text) => page.locator(rows, { hasText: text }).first();
  const toast = (text) => page.locator(shownToast, { hasText: text }).first();
  const button = (text) => page.locator(".notification-toast .monaco-button", { hasText: text }).first();

  async function showGapsView() {
    await command("Focus on Gaps View");
    await page.locator(".pane-header[aria-label^='Gaps']").first().waitFor();
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
      await row("priority").hover();
      await step("several-selected");
      await page.locator(rows).first().evaluate((node) => node.closest(".monaco-list").focus());
      await page.keyboard.press("Control+Enter");
      await toast("Generate tests for 2 functions").waitFor();
      told.progress = await textsOf(".notification-toast");
      await step("generating-two");
      await toast("passed for 2 functions").waitFor();
      told.toasts = await textsOf(".notification-toast");
      await row("priority").waitFor({ state: "detached" });
      told.filesAfter = await textsOf(rows);
      await step("two-generated");
      await button("Undo").click();
      await row("tracking.py").waitFor();
      await step("undone");
    },

    // Nothing is known at first: the view says so, and its button measures.
    async firstRun() {
      await openSource();
      await allLinesOf(".codelens-decoration", "No coverage data yet");
      await showGapsView();
      await page.locator(".welcome-view-content, .welcome-view", { hasText: "No coverage yet" }).first().waitFor();
      await step("nothing-known");
      await page.locator(".welcome-view .monaco-button, .welcome-view-content .monaco-button", { hasText: "Run Tests with Coverage" }).first().click();
      await row("orders.py").waitFor();
      told.files = await textsOf(rows);
      await step("measured");
      await command("Welcome: Open Walkthrough...");
      await page.keyboard.type("Start with Greenline");
      await page.locator(".quick-input-list .monaco-list-row.focused", { hasText: "Start with Greenline" }).waitFor();
      await page.keyboard.press("Enter");
      await page.locator(".gettingStartedContainer .step-title", { hasText: "Measure" }).first().waitFor();
      told.steps = await textsOf(".gettingStartedContainer .step-title");
      told.done = await page.locator(".gettingStartedContainer .getting-started-step .codicon-getting-started-step-checked.complete, .gettingStartedContainer .getting-started-step.complete, .codicon-getting-started-step-checked").count();
      await step("walkthrough");
    },

    async cancel() {
      await seeGaps();
      await generateFromThePalette();
      await toast("Generate test for").waitFor();
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
      const apply = page.locator(".monaco-button, .action-label", { hasText: /^Apply$/ }).first();
      const shown = page.locator(".monaco-list-row", { hasText: "New tests" }).first();
      await shown.waitFor();
      await apply.waitFor();
      await step("preview");
      await page.locator(".monaco-button, .action-label", { hasText: /^Discard$/ }).first().click();
      await toast("not accepted").waitFor();
      await shown.waitFor({ state: "hidden" });
      told.toasts = await textsOf(".notification-toast");
      await step("discarded");
      await command("Notifications: Clear All Notifications");
      await command("View: Focus Active Editor Group");
      await goToLine(input.line);
      await generateFromThePalette();
      await shown.waitFor();
      await apply.click();
      await toast("passed in").waitFor();
      told.applied = await textsOf(".notification-toast");
      told.unsaved = await page.locator(".tab.dirty").count();
      await step("applied");
    },

    // What passed in the scratch copy, and does not where the person works.
    async failingConfirmation() {
      await seeGaps();
      await generateFromThePalette();
      await button("Undo").waitFor();
      told.toasts = await textsOf(".notification-toast");
      await step("not-confirmed");
      await button("Undo").click();
      await page.locator(shownToast).first().waitFor({ state: "detached" });
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
      told.covered = await textsOf(".test-coverage-list-item-label");
      await step("covered");
      await page.locator(".test-coverage-list-item-label, .test-coverage-list-item", { hasText: "tracking.py" }).first().dblclick();
      await command("Test: Toggle Inline Coverage");
      await page.locator(".coverage-deco-gutter").first().waitFor({ state: "attached" });
      told.gutter = await page.locator(".coverage-deco-gutter").count();
      await step("inline");
    },

    // Nothing of the project runs: what a report says is shown.
    async restricted() {
      await openSource();
      await goToLine(input.line); // lenses get their figures when they are in sight
      await allLinesOf(".codelens-decoration", "parse_header: 60 %");
      told.lenses = await textsOf(".codelens-decoration");
      await page.keyboard.press("F1");
      await page.keyboard.type("Greenline: ");
      await page.locator(".quick-input-list .monaco-list-row", { hasText: "Greenline: Restart Server" }).waitFor();
      told.commands = await textsOf(".quick-input-list .monaco-list-row");
      await step("palette");
      await page.keyboard.press("Escape");
      await showGapsView();
      await row("tracking.py").waitFor();
      told.files = await textsOf(rows);
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
          if (style.borderLeftWidth === "3px") {
            found[style.borderLeftStyle] = style.borderLeftColor;
          }
        }
        return found;
      });
      told.status = await page.locator("[id='greenline.greenline.greenline.coverage'], [id*='greenline.coverage']").first().getAttribute("aria-label");
      await step(input.theme);
    },

    // The project's Python has no pytest: the page says so, and its link installs.
    async noPytest() {
      await openSource();
      await command("Greenline: Show Report Status");
      await page.locator(".tab.active", { hasText: "Greenline" }).waitFor();
      const status = page.frameLocator("iframe.webview").frameLocator("iframe").locator("body");
      await status.filter({ hasText: "pytest" }).waitFor();
      told.status = await status.innerText();
      told.links = await status.locator("a").allInnerTexts();
      await step("doctor");
      await status.locator("a", { hasText: "Install pytest" }).first().click();
      await page.locator(".notification-toast, .monaco-dialog-box", { hasText: "Install" }).first().waitFor();
      told.toasts = await textsOf(".notification-toast, .monaco-dialog-box");
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
      await command("Greenline: Run Tests with Coverage");
      await page.locator(shownToast).first().waitFor();
      told.toasts = await textsOf(".notification-toast");
      await step("running");
    },
  };
}
