// A person and a language model: the offer, what is sent and at which price, the key, the answer as it comes, and the end.
import { barsIn } from "./vscode_bars.mjs";

export function modelPlays({ page, input, told, step, textsOf, openSource, goToLine, allLinesOf, command, shownToast }) {
  const { barBeside, untilBar } = barsIn(page);
  const toasts = () => textsOf(".notification-toast");
  const toast = (text) => page.locator(shownToast, { hasText: text }).first();
  // A message goes after ten seconds, unless the pointer is on it.
  const pointAt = (text) => toast(text).hover();
  const button = (text) => page.locator(".notification-toast .monaco-button", { hasText: text }).first();
  const lens = (words) => page.locator(".codelens-decoration", { hasText: words }).first();

  // The one who answers for the model waits there, or goes on: see Cues in test_vscode_model.py.
  async function cue(name) {
    const answer = await fetch(`${input.cues}/${name}`);
    if (!answer.ok) {
      throw new Error(`${name}: ${await answer.text()}`);
    }
    return answer.text();
  }

  async function seeFunction() {
    await openSource();
    await goToLine(input.line);
    await lens(`${input.function_name}: `).waitFor();
    await allLinesOf(".codelens-decoration", `${input.function_name}: \\d+ %`);
    await untilBar(input.words, "solid5px");
  }

  async function generate() {
    await lens(`${input.function_name}: `).locator("a", { hasText: "Generate test" }).click();
  }

  async function typeKey(key = input.key) {
    await page.keyboard.press("F1");
    await page.keyboard.type("Greenline: Set Model Key");
    await page.locator(".quick-input-list .monaco-list-row.focused", { hasText: "Set Model Key" }).waitFor();
    await page.keyboard.press("Enter");
    await enterKey(key);
  }

  async function enterKey(key) {
    const typed = page.locator(".quick-input-widget input[type=password]").first();
    await typed.waitFor();
    await typed.fill(key);
    await step("key");
    await page.keyboard.press("Enter");
    await typed.waitFor({ state: "hidden" });
  }

  async function takeTheOffer() {
    await generate();
    await pointAt("Ask a model for what is left");
    told.offer = await toasts();
    await step("offer");
    await button("Ask a Model").click();
    await pointAt("May source of");
    told.question = await toasts();
    await step("terms");
  }

  return {
    async askAModel() {
      await seeFunction();
      told.before = await barBeside(input.words);
      await step("before");
      await typeKey();
      await takeTheOffer();
      await button("Show Details").click();
      await page.locator(".tab.active", { hasText: "model-terms" }).waitFor();
      await pointAt("May source of");
      told.details = await page.locator(".editor-instance .view-lines").first().innerText();
      await step("details");
      told.sentBeforeTheYes = await cue("requests");
      await button("Allow").click();
      await cue("writing");
      await toast("has written about").waitFor();
      told.writing = await toasts();
      await step("writing");
      await cue("goOn");
      await cue("mending");
      await toast("(2 requests, ").waitFor();
      told.mending = await toasts();
      await step("mending");
      await cue("goOnMending");
      await pointAt("a model wrote");
      told.toasts = await toasts();
      await step("passed");
      await toast("a model wrote").locator(".monaco-button", { hasText: "Open Test" }).click();
      await page.locator(".tab.active", { hasText: "test_discounts" }).waitFor();
      await step("test-opened");
      await page.locator(".tab", { hasText: "discounts.py" }).first().click();
      await untilBar(input.words, "solid2px");
      await allLinesOf(".codelens-decoration", `${input.function_name}: 100 %`);
      told.after = await barBeside(input.words);
      await step("green");
      await command("Greenline: Model Cost");
      await toast("Models cost today").waitFor();
      told.cost = await toasts();
      await step("cost");
    },

    // Agreed to before, so exploring and asking are one job.
    async cancelTheModel() {
      await seeFunction();
      await typeKey();
      await command("Greenline: Allow Model in This Workspace");
      await pointAt("May source of");
      await button("Allow").click();
      await toast("may be sent to").waitFor();
      await step("allowed");
      await generate();
      await cue("writing");
      await toast("has written about").waitFor();
      await step("writing");
      await button("Cancel").click();
      told.closed = await cue("closed");
      await toast("Cancelled").waitFor();
      told.toasts = await toasts();
      await step("cancelled");
    },

    async notNow() {
      await seeFunction();
      await typeKey();
      await takeTheOffer();
      await button("Not now").click();
      await toast("May source of").waitFor({ state: "detached" });
      await page.locator(".notification-toast", { hasText: "Waiting for your answer" }).first().waitFor({ state: "detached" });
      await step("not-now");
    },

    // Refused twice; the right key is set from the palette.
    async wrongKey() {
      const refused = toast("refuses the key");
      const after = async (name) => {
        await refused.locator(".monaco-button", { hasText: name }).click();
        await refused.waitFor({ state: "detached" });
      };
      await seeFunction();
      await typeKey("sk-of-somebody-else");
      await takeTheOffer();
      await button("Allow").click();
      await refused.hover();
      told.refused = await toasts();
      await step("refused");
      await after("Set Model Key");
      await enterKey("sk-of-nobody");
      await refused.hover();
      await step("refused-again");
      await typeKey();
      await after("Try Again");
      await toast("a model wrote").waitFor();
      told.toasts = await toasts();
      await step("passed");
    },

    // What asks models is installed; the next window has it.
    async installTheLibraries() {
      await seeFunction();
      await typeKey();
      await takeTheOffer();
      await button("Allow").click();
      await pointAt("libraries that ask models are not installed");
      told.libraries = await toasts();
      await step("libraries");
      await button("Install").click();
      await page.locator(".notification-toast .monaco-progress-container.active").first().waitFor();
      told.installing = await toasts();
      await step("installing");
      await pointAt("a model wrote");
      told.toasts = await toasts();
      await step("passed");
      await toast("a model wrote").locator(".monaco-button", { hasText: "Undo" }).click();
      await untilBar(input.words, "solid5px");
      await page.goto("about:blank");
      await seeFunction();
      await generate();
      await toast("a model wrote").waitFor();
      told.again = await toasts();
      await step("next-window");
    },

    async noKey() {
      await seeFunction();
      await takeTheOffer();
      await button("Allow").click();
      await toast("no key").waitFor();
      told.toasts = await toasts();
      await step("no-key");
    },
  };
}
