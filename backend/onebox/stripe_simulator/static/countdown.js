// Counts the time down that the server already wrote; without it the page says the same, once.
const place = document.querySelector("[data-ends-in]");
if (place) {
  const ends = Date.now() + Number(place.dataset.endsIn) * 1000;
  const write = () => {
    const left = Math.max(0, Math.ceil((ends - Date.now()) / 1000));
    const seconds = String(left % 60).padStart(2, "0");
    place.textContent = `${Math.floor(left / 60)}:${seconds}`;
    if (left > 0) {
      setTimeout(write, 1000);
    } else {
      location.reload();
    }
  };
  write();
}
