# The image of all three services: one static binary, no shell, no package
# manager, not root. The first word of the command says what it is:
#
#   docker build -t swipesavvy .
#   docker run --rm -p 8000:8000 -e DEMO_DATA=true -e BIND_ADDRESS=0.0.0.0 swipesavvy up
#
# No secret is needed to build it, and none is in it.

ARG GO_IMAGE=golang:1.26-bookworm
FROM ${GO_IMAGE} AS build
ARG VERSION=1.0.0-alpha
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=auto -ldflags "-s -w -X main.version=${VERSION}" \
      -o /out/usr/local/bin/swipesavvy ./cmd/swipesavvy \
 && mkdir -p /out/etc/ssl/certs /out/tmp /out/data /out/backups \
 && cp /etc/ssl/certs/ca-certificates.crt /out/etc/ssl/certs/ \
 && echo 'swipesavvy:x:65532:65532:swipesavvy:/data:/usr/local/bin/swipesavvy' > /out/etc/passwd \
 && echo 'swipesavvy:x:65532:' > /out/etc/group \
 && chmod 1777 /out/tmp && chown -R 65532:65532 /out/data /out/backups

FROM scratch
COPY --from=build /out/ /
ENV PATH=/usr/local/bin
USER 65532:65532
WORKDIR /data
STOPSIGNAL SIGTERM
EXPOSE 8000 8001 8002
ENTRYPOINT ["/usr/local/bin/swipesavvy"]
CMD ["up"]
