"""Background work of posts, a module for each subject; `kinds` names the jobs."""
