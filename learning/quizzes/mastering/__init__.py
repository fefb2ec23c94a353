"""Short adaptive quizzes of one category: one question after the other until it is clear whether it is mastered."""
