"""The command line's verbs, a room for each of the pages' questions."""
