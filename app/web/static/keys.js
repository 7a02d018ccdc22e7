// Single keys on a list: j next, k previous, Enter open, x tick, a take or assign, / search, ? what the keys are.
//
//   [data-keys]                 the list; without it no key but / does anything
//   [data-row] with an id       one row in it; while it holds the focus it is the current one
//   a[data-open] in a row       the link that j and k move the focus to (Enter is then the link's own)
//   input[data-tick] in a row   what x ticks
//   [data-assign] in a row      what a presses: a link or a submit button; without one in the row, the page's [data-assign],
//                               for what is ticked, or else for the current row, which it ticks first
//   [data-search]               the input that / goes to; on a page without one it opens a[data-search-page]
//   dialog[data-keys-help]      what ? shows; a <form method="dialog"> button closes it
//   input[data-keys-switch]     a tick box "Use single-key shortcuts": off is remembered in this browser (WCAG 2.1.4)
//   [data-show-keys]            a button that opens the dialog; hidden in the markup, shown here

const OFF = "deskbell.keys.off"

export function listenForKeys() {
  const list = document.querySelector("[data-keys]")
  if (!list && !document.querySelector("[data-search], a[data-search-page]")) return
  const help = document.querySelector("dialog[data-keys-help]")
  for (const opener of document.querySelectorAll("[data-show-keys]")) {
    opener.hidden = false
    opener.addEventListener("click", () => help?.showModal())
  }
  wireSwitch()
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || help?.open) return
    const act = list || event.key === "/" ? ACTIONS[event.key] : null
    if (!act || isOff()) return
    if (act(event.target) !== false) event.preventDefault()
  })
}

const ACTIONS = {
  j: () => step(+1),
  k: () => step(-1),
  x: () => current()?.querySelector("input[data-tick]")?.click(),
  a: () => {
    const own = current()?.querySelector("[data-assign]")
    if (own) return own.click()
    if (!document.querySelector("[data-keys] [data-tick]:checked")) current()?.querySelector("[data-tick]")?.click()
    if (document.querySelector("[data-keys] [data-tick]:checked")) document.querySelector("[data-assign]")?.click()
  },
  "/": () => {
    const search = document.querySelector("[data-search]")
    if (!search) return document.querySelector("a[data-search-page]")?.click()
    const folded = search.closest("details")
    if (folded) folded.open = true
    search.focus()
    search.select?.()
  },
  "?": () => document.querySelector("dialog[data-keys-help]")?.showModal(),
  Enter: (target) => {
    // A focused link, button or tick box has an Enter of its own.
    if (target !== document.body || !last) return false
    current()?.querySelector("a[data-open]")?.click()
  },
}

let last = null

// The row that holds the focus; else the one that last did, if it is still on the page.
function current() {
  const row = document.activeElement?.closest?.("[data-row]")
  return row ?? (last && document.getElementById(last))
}

function step(by) {
  const rows = [...document.querySelectorAll("[data-keys] [data-row]")]
  if (!rows.length) return
  const at = rows.indexOf(current())
  const next = rows[at === -1 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1)]
  last = next.id
  const link = next.querySelector("a[data-open]")
  link?.focus({ preventScroll: true })
  next.scrollIntoView({ block: "nearest" })
}

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-row]")
  if (row) last = row.id
})

function isTyping(target) {
  return target.isContentEditable || (target.matches?.("input, textarea, select") && target.type !== "checkbox")
}

function wireSwitch() {
  for (const tick of document.querySelectorAll("input[data-keys-switch]")) {
    tick.checked = !isOff()
    tick.addEventListener("change", () => {
      try {
        tick.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")
      } catch {
        // Not remembered, then: it holds for this page only.
        offHere = !tick.checked
      }
    })
  }
}

let offHere = false

function isOff() {
  try {
    return offHere || localStorage.getItem(OFF) === "1"
  } catch {
    return offHere
  }
}
