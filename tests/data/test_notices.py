"""What is said about a data set before anything is trained."""

from lr_study.data import classes_line, empty_classes_line, skipped_line


def test_up_to_ten_classes_are_all_named():
    counts = {f"c{i}": i + 3 for i in range(10)}
    line = classes_line("pets", counts)
    assert line.startswith("pets: 75 images in 10 classes: c0 3, c1 4, ")
    assert line.endswith(", c9 12")


def test_of_a_thousand_classes_ten_are_named():
    line = classes_line("many", {f"c{i:03}": 5 + i % 7 for i in range(1000)})
    assert "c009 7, and 990 more (each class has 5 to 11 images)" in line
    assert "c010" not in line
    assert len(line) < 200


def test_the_most_frequent_reason_comes_first():
    skipped = {"a/1.tif": "in an unsupported format (TIFF)"}
    skipped |= {f"b/{i}": "not an image" for i in range(3)}
    assert skipped_line(skipped) == (
        "4 files are not used: 3 not an image, such as 'b/0'; "
        "1 in an unsupported format (TIFF), such as 'a/1.tif'"
    )


def test_names_stay_on_one_line():
    name = "a\n\udcff"
    for line in (
        classes_line("x", {name: 1}),
        skipped_line({name: "not an image"}),
        empty_classes_line([name, name]),
    ):
        assert line.isprintable()
        assert "a??" in line


def test_nothing_to_say_is_no_line():
    assert skipped_line({}) == ""
    assert empty_classes_line([]) == ""
