"""Heights of thousands of rows, their sums up to any row, and the row at any height."""


class Heights:
    """A Fenwick tree: changing one height and summing up to a row take log(n) steps."""

    def __init__(self, heights: list[int] | None = None) -> None:
        self._heights: list[int] = []
        self._tree = [0]
        self.total = 0
        self.reset(heights or [])

    def __len__(self) -> int:
        return len(self._heights)

    def __getitem__(self, row: int) -> int:
        return self._heights[row]

    def reset(self, heights: list[int]) -> None:
        self._heights = list(heights)
        self.total = sum(heights)
        self._tree = [0, *heights]
        for place in range(1, len(self._tree)):
            parent = place + (place & -place)
            if parent < len(self._tree):
                self._tree[parent] += self._tree[place]

    def append(self, height: int) -> None:
        place = len(self._tree)
        size = place & -place
        below = self.before(place - 1) - self.before(place - size)
        self._heights.append(height)
        self._tree.append(height + below)
        self.total += height

    def cut(self, count: int) -> None:
        """Keep only the first count rows."""
        del self._heights[count:]
        del self._tree[count + 1 :]
        self.total = sum(self._heights)

    def set(self, row: int, height: int) -> None:
        change = height - self._heights[row]
        if not change:
            return
        self._heights[row] = height
        self.total += change
        place = row + 1
        while place < len(self._tree):
            self._tree[place] += change
            place += place & -place

    def before(self, row: int) -> int:
        """The sum of the heights of all rows before this one."""
        total = 0
        while row > 0:
            total += self._tree[row]
            row -= row & -row
        return total

    def row_at(self, height: int) -> int:
        """The row that covers this distance from the top; the nearest one outside."""
        place, step = 0, 1 << max(0, len(self._heights).bit_length() - 1)
        while step:
            following = place + step
            if following < len(self._tree) and self._tree[following] <= height:
                place = following
                height -= self._tree[following]
            step >>= 1
        return min(place, len(self._heights) - 1)
