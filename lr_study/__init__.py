"""Which learning-rate policy should I train this classifier with?"""

__version__ = "0.1.0"
