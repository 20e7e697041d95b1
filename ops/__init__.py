"""Run the house on one machine: install, train, start, watch, measure."""
