"""What the programs are linked to: libtorch belongs to aitrading-train alone."""
import os
import re
import subprocess
import unittest

import e2e
from e2e import Case

TORCH = re.compile(r"lib(torch|c10|caffe2|openblas)")


def needed(program):
    """Libraries that a program names itself."""
    text = subprocess.run(["readelf", "-d", program], capture_output=True, text=True, check=True).stdout
    return re.findall(r"\(NEEDED\).*\[(.*)\]", text)


class Linkage(Case):
    def test_aitrading_neither_names_nor_loads_libtorch(self):
        self.assertNotEqual(needed(e2e.BINARY), [])
        self.assertEqual([name for name in needed(e2e.BINARY) if TORCH.search(name)], [])
        loaded = subprocess.run(["ldd", e2e.BINARY], capture_output=True, text=True, check=True).stdout
        self.assertEqual([line for line in loaded.splitlines() if TORCH.search(line)], [])

    def trainer(self):
        path = os.path.join(os.path.dirname(e2e.BINARY), "aitrading-train")
        if not os.path.exists(path):
            self.skipTest("this build has no aitrading-train: a sanitizer's, or libtorch is not installed")
        return path

    def test_the_trainer_does(self):
        self.assertTrue(any(TORCH.search(name) for name in needed(self.trainer())))

    def test_the_trainer_says_what_it_wants(self):
        done = subprocess.run([self.trainer(), "--job"], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--job FILE --out FILE", done.stderr)
        done = subprocess.run([self.trainer(), "--job", str(self.folder / "none"), "--out", str(self.folder / "out")], capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn(str(self.folder / "none"), done.stderr)
        job = self.write("job", b"AITJOB01" + bytes(100))
        done = subprocess.run([self.trainer(), "--job", str(job), "--out", str(self.folder / "out")], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertFalse((self.folder / "out").exists())


if __name__ == "__main__":
    e2e.main()
