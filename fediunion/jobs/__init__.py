"""Work that is a row until it is done: the queue, the loop that runs it, the schedule."""
