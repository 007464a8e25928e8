// What the pages do better with JavaScript; each of them works without.
import "./forms";
import "./copy";
import "./evidence";
import "./feedback";
import "./conversation";
import "./folds";
