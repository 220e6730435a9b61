// @ts-check
// The three views. Arrow keys move between the tabs, as screen readers expect.
(() => {
  const tabs = () => /** @type {HTMLElement[]} */ ([...EF.root.querySelectorAll("[role=tab]")]);

  EF.openTab = (name) => {
    EF.root.dataset.tab = name;
    for (const tab of tabs()) {
      const here = tab.dataset.tab === name;
      tab.setAttribute("aria-selected", String(here));
      tab.tabIndex = here ? 0 : -1;
      /** @type {HTMLElement} */ (EF.root.querySelector(`#${tab.getAttribute("aria-controls")}`)).hidden = !here;
    }
    for (const part of EF.parts) part.opened?.(name);
  };

  EF.parts.push({
    mount() {
      const all = tabs();
      for (const [at, tab] of all.entries()) {
        tab.addEventListener("click", () => EF.openTab(tab.dataset.tab));
        tab.addEventListener("keydown", (event) => {
          const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
          if (!step) return;
          const next = all[(at + step + all.length) % all.length];
          next.focus();
          EF.openTab(next.dataset.tab);
        });
      }
    },
  });
})();
