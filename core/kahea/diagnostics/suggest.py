"""temporary"""
def best_matches(word, candidates): 
    import difflib
    return difflib.get_close_matches(word, candidates, 3, 0.75)
def did_you_mean(word, candidates, prefix=""):
    m = best_matches(word, candidates)
    return f"did you mean `{prefix}{m[0]}`?" if m else None
