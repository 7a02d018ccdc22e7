"""How the lines of a spreadsheet become rows of each register."""
