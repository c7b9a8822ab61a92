// Greenline without a mouse, without colours, and read out.
export function accessibilityPlays({ page, input, told, step, textsOf, openSource, goToLine, allLinesOf, command, seeGaps, shownToast }) {
  const rows = ".pane:has(.pane-header[aria-label^='Gaps']) .monaco-list-row";
  const toast = (text) => page.locator(shownToast, { hasText: text }).first();
  const focused = (property) => page.evaluate((name) => document.activeElement?.[name] ?? document.activeElement?.getAttribute(name) ?? "", property);

  // What is drawn beside the text: shape -> the colours that it has.
  const bars = () => page.evaluate(() => {
    const found = {};
    for (const node of document.querySelectorAll(".view-overlays .cdr[class*=TextEditorDecoration]")) {
      const { borderLeftStyle, borderLeftWidth, borderLeftColor } = getComputedStyle(node);
      const colors = (found[`${borderLeftStyle} ${borderLeftWidth}`] ??= []);
      if (!colors.includes(borderLeftColor)) {
        colors.push(borderLeftColor);
      }
    }
    return found;
  });
  const icons = () => page.evaluate(() =>
    [...new Set([...document.querySelectorAll(".glyph-margin-widgets [class*=TextEditorDecoration]")].map((node) => getComputedStyle(node).backgroundImage))]);

  // The selected row of the Gaps view, as it is read out.
  const row = (text) => page.locator(`${rows}.focused[aria-label*='${text}']`).first().waitFor();

  async function pressUntil(key, reached, times = 40) {
    for (let left = times; left > 0; left -= 1) {
      if (await reached()) {
        return;
      }
      await page.keyboard.press(key);
    }
    throw new Error(`${key} was pressed ${times} times in vain; in focus is ${await focused("outerHTML")}`);
  }

  return {
    // Every state there is on one screen, in each kind of theme.
    async states() {
      await openSource();
      await allLinesOf(".codelens-decoration", "No coverage data yet");
      await command("Greenline: Run Tests with Coverage");
      await toast("First failure").waitFor();
      await page.locator(".notification-toast", { hasText: "Running" }).first().waitFor({ state: "hidden" });
      await page.keyboard.press("Escape");
      await goToLine(input.edited_line);
      await page.keyboard.press("End");
      await page.keyboard.type(" + 0");
      told.looks = {};
      for (const { kind, name } of input.themes) {
        await page.keyboard.press("Control+K");
        await page.keyboard.press("Control+T");
        await page.locator(".quick-input-list .monaco-list-row", { hasText: input.themes[0].name }).waitFor();
        await page.keyboard.type(name);
        await page.locator(".quick-input-list .monaco-list-row.focused", { hasText: name }).waitFor();
        await page.keyboard.press("Enter");
        await page.locator(`.monaco-workbench.${kind}`).waitFor();
        await page.waitForFunction(
          (count) => new Set([...document.querySelectorAll(".view-overlays .cdr[class*=TextEditorDecoration]")].map((node) => {
            const { borderLeftStyle, borderLeftWidth } = getComputedStyle(node);
            return `${borderLeftStyle} ${borderLeftWidth}`;
          })).size === count,
          input.states,
        );
        told.looks[kind] = { bars: await bars(), icons: await icons() };
        await step(`states-${kind}`);
      }
    },

    // From the gap to the test and back, the views and the palette, without a mouse.
    async keyboardOnly() {
      await seeGaps();
      told.status = await page.locator("[id*='greenline.coverage'] a, [id*='greenline.coverage']").evaluateAll((nodes) => nodes.map((node) => node.getAttribute("aria-label")));
      await goToLine(input.first_line);
      await page.keyboard.press("F1"); // what is chosen here offers a choice itself
      await page.keyboard.type("Show CodeLens Commands for Current Line");
      await page.locator(".quick-input-list .monaco-list-row.focused", { hasText: "Show CodeLens" }).waitFor();
      await page.keyboard.press("Enter");
      await page.locator(".quick-input-list .monaco-list-row", { hasText: "Generate test" }).waitFor();
      told.lenses = await textsOf(".quick-input-list .monaco-list-row");
      await step("lenses-by-keyboard");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Control+Alt+G");
      await page.waitForFunction(
        (line) => (document.querySelector("#status\\.editor\\.selection")?.textContent ?? "").includes(`Ln ${line},`),
        input.line,
      );
      await page.keyboard.press("Control+Alt+Enter");
      await toast("passed").waitFor();
      await command("Notifications: Focus Notification Toast");
      told.spoken = await focused("aria-label");
      await pressUntil("Tab", async () => (await focused("innerText")).trim() === "Undo");
      await step("notification-by-keyboard");
      await page.keyboard.press("Enter");
      await toast("passed").waitFor({ state: "detached" });

      await command("Focus on Gaps View");
      await page.locator(rows).first().waitFor();
      told.rows = await page.locator(rows).evaluateAll((nodes) => nodes.map((node) => node.getAttribute("aria-label")));
      await page.keyboard.press("Home");
      await pressUntil("ArrowDown", async () => (await page.locator(`${rows}.focused[aria-label*='tracking.py']`).count()) > 0);
      await page.keyboard.press("ArrowRight");
      await page.locator(rows, { hasText: "priority" }).first().waitFor();
      await pressUntil("ArrowDown", async () => (await page.locator(`${rows}.focused[aria-label*='priority']`).count()) > 0);
      await row("priority");
      await step("gaps-by-keyboard");
      await page.keyboard.press("Control+Enter");
      await toast("passed").waitFor();
      told.toasts = await textsOf(".notification-toast");
      await step("generated-from-gaps");

      await page.keyboard.press("Control+1");
      await page.keyboard.press("F1");
      await page.keyboard.type("Greenline: ");
      const chosen = page.locator(".quick-input-list .monaco-list-row.focused");
      await chosen.filter({ hasText: "Greenline: " }).waitFor();
      told.commands = [];
      await pressUntil("ArrowDown", async () => {
        const words = (await chosen.getAttribute("aria-label")) ?? "";
        return told.commands.includes(words) || !told.commands.push(words);
      });
      await step("palette-by-keyboard");
    },
  };
}
