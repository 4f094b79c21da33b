"""``python -m lr_study``, which is how MLproject starts us: nothing need be installed for it."""

from lr_study.cli import main

main()
