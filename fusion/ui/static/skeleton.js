// @ts-check
// What stands on the page until it is there goes, and what can be used from then on is no longer disabled.
(() => {
  EF.usable = (what) => {
    document.querySelector(".ef-skeleton")?.remove();
    for (const node of EF.root.querySelectorAll(`[data-until="${what}"]`)) {
      /** @type {HTMLButtonElement} */ (node).disabled = false;
    }
  };
})();
