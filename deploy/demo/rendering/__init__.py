"""The demo collection's workshop: turns the texts of one fictional relief operation into files of every
format."""
