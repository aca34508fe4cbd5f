// Looks whether the bank has answered; without it the page reloads itself every two seconds.
const look = async () => {
  try {
    const reply = await fetch(location.href, { redirect: "manual", cache: "no-store" });
    const goesOn = reply.type === "opaqueredirect";
    if (goesOn || !(await reply.text()).includes("waiting.js")) {
      location.reload();
      return;
    }
  } catch {
    // The simulator is away for a moment: look again.
  }
  setTimeout(look, 1000);
};
setTimeout(look, 1000);
