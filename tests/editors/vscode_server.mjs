// What becomes of the server: how soon it shows something, and that it is there again when it died.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

export function serverPlays({ page, input, told, step, textsOf, openFile, openSource, command, seeGaps, shownToast }) {
  const wordsOf = (pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    } catch {
      return []; // it has ended meanwhile
    }
  };

  const parentOf = (pid) => {
    try {
      return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ")[1]);
    } catch {
      return 0; // as above
    }
  };

  // The server's process: the one that runs the libraries below the folder `input.server`. Call it while there is one.
  function serverPid() {
    const isServer = (word) => word.startsWith(input.server) && /\/bundled\/libs\/?$/.test(word);
    const found = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && wordsOf(name).some(isServer)).map(Number);
    const pids = found.filter((pid) => !found.includes(parentOf(pid))); // a child has its parent's words until it runs another program
    if (pids.length !== 1 || pids[0] <= 1) {
      throw new Error(`one process should be the server: ${JSON.stringify(pids.map((pid) => [pid, wordsOf(pid)]))}`);
    }
    return pids[0]; // never 0 nor less, which `kill` takes for whole groups
  }

  const marks = () => page.locator(".cdr[class*=squiggly-]").first();
  const bars = () => page.locator(".view-overlays .cdr[class*=TextEditorDecoration]");
  const coverageInStatus = () => textsOf("[id='greenline.greenline.greenline.coverage'], [id='greenline.greenline.coverage']");

  return {
    // How long it takes from a window that opens to the first bar beside a line; then the same window again.
    async startUp() {
      told.seconds = {};
      for (const time of ["first", "again"]) {
        const start = performance.now();
        const seen = (told.seconds[time] = {});
        const since = async (what, locator) => {
          await locator.waitFor({ state: "attached" });
          seen[what] = (performance.now() - start) / 1000;
        };
        await (time === "first" ? page.goto(input.url) : page.reload());
        await since("workbench", page.locator(".monaco-workbench"));
        await page.locator(".explorer-folders-view").first().waitFor();
        await since("text", page.locator(".view-lines .view-line").first());
        await since("bars", bars().first());
        await step(`${time}-bars`);
      }
      await command("Developer: Show Running Extensions");
      const entry = page.locator(".runtime-extensions-editor .monaco-list-row, .extension", { hasText: "Greenline" }).first();
      await entry.locator(".activation-time").waitFor();
      told.activation = await entry.locator(".activation-time").innerText();
      await step("running-extensions");
    },

    async noPython() {
      await openSource();
      await page.locator(shownToast, { hasText: "Python 3.10" }).first().waitFor();
      told.toasts = await textsOf(".notification-toast");
      await step("no-python");
    },

    // A setting changes, and the server goes on; it is killed, and comes back; killed too often, until a person restarts it.
    async killed() {
      await seeGaps();
      told.pids = [serverPid()];
      told.toastsBefore = told.toastsAtStart;
      told.statusBefore = await coverageInStatus();
      await command("Greenline: Show or Hide Coverage");
      await bars().first().waitFor({ state: "detached" });
      await command("Greenline: Show or Hide Coverage");
      await bars().first().waitFor({ state: "attached" });
      told.pidsAfterSettings = [serverPid()];
      for (let deaths = 1; deaths <= 5; deaths += 1) {
        process.kill(told.pids.at(-1), "SIGKILL");
        await marks().waitFor({ state: "detached" });
        if (deaths === 1) {
          told.statusWithout = await coverageInStatus();
          await step("killed");
        }
        if (deaths < 5) {
          await marks().waitFor({ state: "attached" });
          told.pids.push(serverPid());
        }
      }
      await page.locator(shownToast, { hasText: "again and again" }).first().waitFor();
      told.toasts = await textsOf(".notification-toast");
      await step("given-up");
      await page.locator(".notification-toast .monaco-button", { hasText: "Restart" }).click();
      await marks().waitFor({ state: "attached" });
      told.pids.push(serverPid());
      told.statusAfter = await coverageInStatus();
      await step("back");
    },

    // It is killed while the Testing view waits for the end of a run.
    async killedInARun() {
      await seeGaps();
      await command("Testing: Focus on Test Explorer View");
      await page.locator(".welcome-view .monaco-button, .welcome-view-content .monaco-button", { hasText: "Run Tests with Coverage" }).first().click();
      await page.locator(".monaco-list-row", { hasText: "tests/test_tracking.py" }).first().waitFor();
      writeFileSync(input.wait, ""); // the tests wait while it is there
      await command("Test: Run All Tests with Coverage");
      const running = page.locator(".codicon-testing-cancel-icon, [aria-label^='Cancel Test Run']").first();
      await running.waitFor();
      await page.locator(shownToast, { hasText: "Running tests (0 of" }).first().waitFor();
      await step("run-begins");
      process.kill(serverPid(), "SIGKILL");
      await running.waitFor({ state: "detached" });
      told.running = await running.count();
      const output = page.locator(".xterm-rows").first();
      await output.filter({ hasText: "server ended" }).waitFor();
      told.output = await output.innerText();
      await step("run-ended");
    },
  };
}
