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
  // How each bar is drawn, without its colour: of each row of pixels, how many are not as what is beside the bar.
  async function shapes() {
    const found = {};
    for (const [state, line] of Object.entries(input.shown)) {
      const clip = await page.evaluate((number) => {
        const beside = [...document.querySelectorAll(".margin .line-numbers")].find((node) => node.textContent.trim() === String(number));
        const { top, height } = beside.getBoundingClientRect();
        return { x: document.querySelector(".view-lines").getBoundingClientRect().left, y: top, width: 10, height };
      }, line);
      const picture = await page.screenshot({ clip });
      found[state] = await page.evaluate(async (base64) => {
        const image = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (one) => one.charCodeAt(0))]));
        const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
        canvas.drawImage(image, 0, 0);
        const at = (x, y) => canvas.getImageData(x, y, 1, 1).data.join();
        const columns = [...Array(image.width).keys()];
        return [...Array(image.height).keys()].map((y) => columns.filter((x) => at(x, y) !== at(image.width - 1, y)).length);
      }, picture.toString("base64"));
    }
    return found;
  }
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
    throw new Error(`${key} was pressed ${times} times in vain; in focus is ${(await focused("outerHTML")).slice(0, 200)}`);
  }

  // Give a command that opens a list itself. VS Code opens none while it asks for lenses anew: a person asks again.
  async function offersOf(title, offered) {
    const offer = page.locator(".quick-input-list .monaco-list-row", { hasText: offered }).first();
    for (let left = 3; left > 0 && !(await offer.count()); left -= 1) {
      await page.keyboard.press("F1");
      await page.keyboard.type(title);
      await page.locator(".quick-input-list .monaco-list-row.focused", { hasText: title }).waitFor();
      await page.keyboard.press("Enter");
      await offer.waitFor({ timeout: input.limit_ms / 3 }).catch(() => undefined);
    }
    await offer.waitFor({ timeout: 1000 });
  }

  return {
    // Every state there is on one screen, in each kind of theme.
    async states() {
      await openSource();
      await allLinesOf(".codelens-decoration", "No coverage data yet");
      await command("Greenline: Run Tests with Coverage");
      await toast("1 failed (").waitFor();
      await page.locator(".notification-toast", { hasText: "Running" }).first().waitFor({ state: "hidden" });
      await page.keyboard.press("Escape");
      await goToLine(input.edited_line);
      await page.keyboard.press("End");
      await page.keyboard.type(" + 0");
      await page.waitForFunction(
        (count) => new Set([...document.querySelectorAll(".glyph-margin-widgets [class*=TextEditorDecoration]")].map((node) => getComputedStyle(node).backgroundImage)).size === count,
        Object.keys(input.shown).length,
      );
      await goToLine(1); // the line of the cursor is drawn otherwise
      told.looks = {};
      for (const { kind, name } of input.themes) {
        await page.keyboard.press("Control+K");
        await page.keyboard.press("Control+T");
        await page.locator(".quick-input-list .monaco-list-row.focused").waitFor();
        await page.keyboard.type(name);
        await page.locator(".quick-input-list .monaco-list-row.focused", { hasText: name }).waitFor();
        await page.keyboard.press("Enter");
        await page.locator(`.monaco-workbench.${kind}`).waitFor();
        await page.waitForFunction(
          (count) => new Set([...document.querySelectorAll(".view-overlays .cdr[class*=TextEditorDecoration]")].map((node) => {
            const { borderLeftStyle, borderLeftWidth } = getComputedStyle(node);
            return `${borderLeftStyle} ${borderLeftWidth}`;
          })).size === count,
          Object.keys(input.shown).length,
        );
        told.looks[kind] = { bars: await bars(), icons: await icons(), shapes: await shapes() };
        await step(`states-${kind}`);
      }
    },

    // From the gap to the test and back, the views and the palette, without a mouse.
    async keyboardOnly() {
      await seeGaps();
      told.status = await page.locator("[id*='greenline.coverage'] a, [id*='greenline.coverage']").evaluateAll((nodes) => nodes.map((node) => node.getAttribute("aria-label")));
      await goToLine(input.first_line);
      await offersOf("Show CodeLens Commands for Current Line", "Generate test");
      told.lenses = await textsOf(".quick-input-list .monaco-list-row");
      await step("lenses-by-keyboard");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Control+Alt+G");
      await page.waitForFunction(
        (line) => (document.querySelector("#status\\.editor\\.selection")?.textContent ?? "").includes(`Ln ${line},`),
        input.line,
      );
      await page.keyboard.press("Control+Alt+Enter");
      await toast("passed").hover(); // else it goes after ten seconds; all else is done with keys
      await command("Notifications: Focus Notification Toast");
      told.spoken = await focused("aria-label");
      await pressUntil("Tab", async () => (await focused("innerText")).trim() === "Undo");
      await step("notification-by-keyboard");
      await page.keyboard.press("Enter");
      await toast("passed").waitFor({ state: "detached" });

      await command("Focus on Gaps View");
      await page.locator(rows).first().waitFor();
      if (!(await focused("className")).includes("monaco-list")) {
        await command("Focus on Gaps View"); // a view that was empty when it opened could not take the focus
      }
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
