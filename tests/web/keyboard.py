"""Somebody who has no mouse: Tab, Enter, Space, arrows and typing, and each stop must be seen."""

from playwright.sync_api import Page

MOST_STOPS = 150

# What is focused: how a person would call it, what it is, and how it can be seen to be there.
_STOP = """() => {
  const it = document.activeElement;
  if (!it || it === document.body) return null;
  const labels = [...(it.labels || [])];
  const called = it.getAttribute("aria-label") || labels.map((one) => one.innerText).join(" ")
    || it.innerText || it.value || it.getAttribute("href") || it.tagName;
  const style = getComputedStyle(it);
  const box = it.getBoundingClientRect();
  const across = box.x + Math.min(box.width, 400) / 2, down = box.y + Math.min(box.height, 60) / 2;
  const seen = document.elementFromPoint(across, down);
  const ours = seen && (it.contains(seen) || seen.contains(it));
  return {
    called: called.trim().replace(/\\s+/g, " "),
    tag: it.tagName.toLowerCase(),
    html: it.outerHTML.slice(0, 200),
    marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1,
    covered: !ours && !labels.some((one) => one.contains(seen)),
  };
}"""


class Keyboard:
    """The keyboard of a page; whatever it stops at is marked and not covered."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def stop(self) -> dict[str, str]:
        """What is focused now: `called`, `tag`; seen by whoever looks."""
        found = self._page.evaluate(_STOP)
        if found is None:
            return {"called": "", "tag": ""}
        assert found["marked"], f"one does not see where one is: {found['html']}"
        assert not found["covered"], f"something lies over it: {found['html']}"
        return {"called": found["called"], "tag": found["tag"]}

    def to(self, called: str, tag: str = "") -> "Keyboard":
        """Tab on until something is focused that is called so, or begins so where it ends in …"""
        start = called.endswith("…")
        called = called.removesuffix("…")
        passed = []
        for _ in range(MOST_STOPS):
            self._page.keyboard.press("Tab")
            stop = self.stop()
            found = stop["called"].startswith(called) if start else stop["called"] == called
            if found and tag in ("", stop["tag"]):
                return self
            passed.append(stop["called"][:40])
        raise AssertionError(f"Tab does not lead to {called!r} but to {passed}")

    def press(self, *keys: str) -> "Keyboard":
        """Press keys, one after the other."""
        for key in keys:
            self._page.keyboard.press(key)
        return self

    def type(self, text: str) -> "Keyboard":
        """Type over what is there."""
        self._page.keyboard.press("Control+a")
        self._page.keyboard.type(text)
        return self

    def skip(self) -> "Keyboard":
        """Past the rail, by the first stop of every page."""
        return self.to("Skip to the content").press("Enter")
