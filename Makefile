# Aliases only; the scripts are the truth.
.PHONY: build test ci up
build: ; CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o bin/swipesavvy ./cmd/swipesavvy
test: ; ./scripts/test
ci: ; ./.ci/run
up: ; go run ./cmd/swipesavvy up
