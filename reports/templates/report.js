"use strict";
(() => {
  const box = document.getElementById("filter");
  const told = document.getElementById("matches");
  const groups = [...document.querySelectorAll(".exception")].map((group) => ({
    group,
    rows: [...group.querySelectorAll("tbody tr")].map((row) => ({ row, text: row.textContent.toLowerCase() })),
  }));
  const total = groups.reduce((sum, each) => sum + each.rows.length, 0);
  const filter = () => {
    const wanted = box.value.trim().toLowerCase();
    let matches = 0;
    for (const { group, rows } of groups) {
      let here = 0;
      for (const { row, text } of rows) {
        row.hidden = !text.includes(wanted);
        here += row.hidden ? 0 : 1;
      }
      group.hidden = wanted !== "" && here === 0;
      matches += here;
    }
    told.textContent = wanted ? `${matches} of ${total} rows shown here match` : "";
  };
  if (box && total) {
    box.parentElement.hidden = false;
    box.addEventListener("input", filter);
  }
  const links = new Map([...document.querySelectorAll(".contents a")].map((link) => [link.hash.slice(1), link]));
  const marks = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  const follow = () => {
    const passed = marks.filter((mark) => mark.getBoundingClientRect().top < 140);
    const bottom = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
    const current = (bottom && scrollY > 0 ? marks.at(-1) : passed.at(-1)) || marks[0];
    for (const [id, link] of links) {
      if (id === current.id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  addEventListener("scroll", follow, { passive: true });
  follow();
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = groups.map(({ group }) => group).filter((group) => !group.open);
    for (const group of closed) group.open = true;
  });
  addEventListener("afterprint", () => {
    for (const group of closed) group.open = false;
  });
})();
