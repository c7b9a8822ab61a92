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
  };
}
