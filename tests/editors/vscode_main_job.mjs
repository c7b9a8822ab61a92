// The main job: a click on the lens over a function, its progress, the test that appears, and the lines that turn green.
// Where `input.frames` names a folder, all that is seen is kept there, picture by picture: README's animation is made of it.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { barsIn } from "./vscode_bars.mjs";

export function mainJobPlays({ page, input, told, step, textsOf, openFile, openSource, goToLine, allLinesOf, command, shownToast }) {
  // Browsers draw no pointer into their pictures.
  const POINTER = "M0 0v17l4-4 2.6 6 2.8-1.2-2.6-5.8H12z";

  async function showPointer() {
    await page.evaluate((shape) => {
      document.body.insertAdjacentHTML("beforeend", `<svg id="pointer" width="14" height="20" style="position:fixed;z-index:99999;
        pointer-events:none;left:60%;top:75%"><path d="${shape}" fill="#000" stroke="#fff" stroke-width="1.2"/></svg>`);
      document.addEventListener("mousemove", (event) => {
        const { style } = document.querySelector("#pointer");
        [style.left, style.top] = [`${event.clientX}px`, `${event.clientY}px`];
      }, true);
    }, POINTER);
  }

  // Go there as a hand does; gives the place back.
  async function pointAt(locator) {
    const { x, y, width, height } = await locator.boundingBox();
    const place = [x + width / 2, y + height / 2];
    await page.mouse.move(...place, { steps: 18 });
    return place;
  }

  async function record() {
    if (!input.frames) {
      return () => undefined;
    }
    mkdirSync(input.frames, { recursive: true });
    const seen = [];
    const devtools = await page.context().newCDPSession(page);
    devtools.on("Page.screencastFrame", ({ data, metadata, sessionId }) => {
      const file = path.join(input.frames, `${String(seen.length).padStart(4, "0")}.png`);
      writeFileSync(file, Buffer.from(data, "base64"));
      seen.push({ file, at: metadata.timestamp });
      void devtools.send("Page.screencastFrameAck", { sessionId }).catch(() => undefined);
    });
    await devtools.send("Page.startScreencast", { format: "png" });
    return async () => {
      await devtools.send("Page.stopScreencast");
      writeFileSync(path.join(input.frames, "frames.json"), JSON.stringify(seen));
    };
  }

  const left = page.locator(".editor-group-container").first();
  const right = page.locator(".editor-group-container").nth(1);
  const { barBeside, untilBar } = barsIn(page);

  return {
    async mainJob() {
      await page.setViewportSize({ width: 1240, height: 700 });
      await openSource();
      await command("View: Close Primary Side Bar");
      await page.keyboard.press("Control+Backslash");
      await right.locator(".view-lines").first().waitFor();
      await openFile(input.test_file);
      await goToLine(input.test_line);
      await command("View: Focus First Editor Group");
      await goToLine(input.first_line + 12);
      await goToLine(input.first_line);
      const lens = left.locator(".codelens-decoration", { hasText: `${input.function_name}: 60 %` }).locator("a", { hasText: "Generate test" });
      await lens.waitFor();
      await allLinesOf(".codelens-decoration", `${input.function_name}: 60 %`);
      await untilBar(input.words, "solid5px");
      told.before = await barBeside(input.words);
      await showPointer();
      await step("before");

      const stop = await record();
      const place = await pointAt(lens.first());
      await page.mouse.click(...place);
      await page.locator(shownToast, { hasText: "Generate test for" }).first().waitFor();
      told.progress = await textsOf(".notification-toast");
      await page.locator(shownToast, { hasText: "passed" }).first().hover(); // else it goes after ten seconds
      told.toasts = await textsOf(".notification-toast");
      await untilBar(input.words, "solid2px");
      await allLinesOf(".codelens-decoration", `${input.function_name}: 100 %`);
      told.after = await barBeside(input.words);
      await step("green");
      const openTest = page.locator(".notification-toast .monaco-button", { hasText: "Open Test" }).first();
      await pointAt(openTest);
      await openTest.click();
      await right.locator(".view-line", { hasText: `def test_${input.function_name}_` }).first().waitFor();
      told.tests = await right.locator(".view-lines").first().innerText();
      await page.locator(shownToast, { hasText: "passed" }).first().waitFor({ state: "detached" });
      await step("test-opened");
      await stop();
    },
  };
}
