// Asks, while a sheet is typed, what is known already and what is still missing.
//
//   <form data-before="/st-marys/incidents/new/check">   where to ask
//   <div id="before">                                    the part that the answer replaces
//
// At most once in two seconds, and only when something has changed. Without this script the button
// "Check my report" does the same.

const EVERY_MS = 2000
const AFTER_MS = 700

const form = document.querySelector("form[data-before]")
let timer
let askedAt = 0
let asked = ""

if (form) {
  form.addEventListener("input", soon)
  form.addEventListener("change", soon)
  form.addEventListener("deskbell:filled", soon)
}

function soon() {
  clearTimeout(timer)
  timer = setTimeout(ask, Math.max(AFTER_MS, askedAt + EVERY_MS - Date.now()))
}

async function ask() {
  const said = new URLSearchParams()
  // Files stay here; the form's key is kept for when it is sent.
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && name !== "submission_id") said.append(name, value)
  }
  if (said.toString() === asked || !window.htmx) return
  askedAt = Date.now()
  try {
    const answer = await fetch(form.dataset.before, {
      method: "POST",
      body: said,
      headers: { "HX-Request": "true", Accept: "text/html" },
      credentials: "same-origin",
      signal: AbortSignal.timeout(10_000),
    })
    if (!answer.ok || answer.redirected) return
    asked = said.toString()
    const target = document.getElementById("before")
    await window.htmx.swap({ text: await answer.text(), target, sourceElement: target, select: "#before", swap: "outerMorph ignoreTitle:true" })
  } catch {
    // No network: typing goes on, and the draft is kept.
  }
}
