// A page that shows how far a piece of work is: asked again every two seconds, and loaded anew when
// the work is done. Without it the page has a link that does the same.
const bar = document.querySelector("[data-progress]")

async function look() {
  try {
    const answer = await fetch(location.href, { headers: { "X-Deskbell-Polling": "1" } })
    const now = answer.ok && (await answer.json())
    if (!now || !now.is_busy) return location.reload()
    const here = bar.querySelector("progress")
    if (here.hasAttribute("value")) here.setAttribute("value", now.percent)
    bar.querySelector("[data-progress-words]").textContent = now.words
  } catch {
    // Away for a moment: asked again.
  }
  setTimeout(look, 2000)
}

if (bar) setTimeout(look, 1000)
