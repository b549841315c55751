"""usage: change_pictures.py LESSONS: changes a head and pictures of a copy of the lessons."""
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
lesson = folder / "01_and.dnn"
lesson.write_text(lesson.read_text().replace("Frank Rosenblatt", "somebody"))
pictures = folder / "pictures"
(pictures / "losses.svg").unlink()
(pictures / "of_nobody.svg").write_text("")
with open(pictures / "bent_identity.svg", "a") as file:
    file.write("<!-- -->")
