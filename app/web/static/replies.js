// Puts a reply that is kept ready into the note, where the cursor is. Without this script "Use it" asks the server.
//
//   <select data-replies="text">   <option value="own-3" data-text="…">

export function useReadyReplies() {
  const select = document.querySelector("select[data-replies]")
  const text = select && document.getElementById(select.dataset.replies)
  const button = document.querySelector("button[data-use-reply]")
  if (!text || !button) return
  button.addEventListener("click", (event) => {
    event.preventDefault()
    const said = select.selectedOptions[0]?.dataset.text
    if (!said) return
    text.setRangeText(said, text.selectionStart, text.selectionEnd, "end")
    text.dispatchEvent(new Event("input", { bubbles: true }))
    text.focus()
  })
}
