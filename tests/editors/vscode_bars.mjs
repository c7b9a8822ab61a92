// The bars beside the lines of the first editor; a line is found by the words in it.

export function barsIn(page) {
  return {
    // Its style; empty without one.
    barBeside: async (words) => (await page.evaluate(bars, [words]))[0] ?? "",
    untilBar: (words, wanted) => page.waitForFunction(bars, [words, wanted]),
  };
}

// In the page: the styles of the bars beside a line; with one that is wanted, whether it is among them.
function bars([words, wanted]) {
  const editor = document.querySelector(".editor-group-container .monaco-editor");
  const line = [...editor.querySelectorAll(".view-line")].find((node) => node.textContent.replace(/\s/g, " ").includes(words));
  const top = line?.getBoundingClientRect().top;
  const styles = [...editor.querySelectorAll(".view-overlays .cdr[class*=TextEditorDecoration]")]
    .filter((node) => Math.abs(node.getBoundingClientRect().top - top) < 3)
    .map((node) => getComputedStyle(node).borderLeftStyle + getComputedStyle(node).borderLeftWidth);
  return wanted === undefined ? styles : styles.includes(wanted);
}
