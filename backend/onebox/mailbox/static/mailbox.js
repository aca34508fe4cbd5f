// Tells that a mail has come, and shows the list anew unless somebody is typing.
const news = document.querySelector("[data-live]");

if (news) {
  const stream = new EventSource(news.dataset.live);
  stream.addEventListener("mail", () => {
    news.textContent = news.dataset.text;
    if (!document.activeElement?.matches("input")) location.reload();
  });
  window.addEventListener("pagehide", () => stream.close());
}
