// SPDX-License-Identifier: GPL-2.0-only
/*
 * OpenGL ES through panfrost: a context without a surface, work of each kind,
 * and the fences that say it is done. The virtual Mali runs the command
 * streams of that work, but no shader, tiler or fragment unit: what is drawn is
 * not looked at.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/sync_file.h>

#include "check.h"
#include "gles.h"
#include "spy.h"

#define SIDE	64

static EGLDisplay display;
static EGLContext context;

/* A fence for all that was drawn so far has come. */
static bool gl_fence_comes(void)
{
	GLsync sync = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
	unsigned int result;

	if (!CHECK(sync != NULL))
		return false;
	result = glClientWaitSync(sync, GL_SYNC_FLUSH_COMMANDS_BIT, TIMEOUT_NS);
	glDeleteSync(sync);
	return result == GL_CONDITION_SATISFIED || result == GL_ALREADY_SIGNALED;
}

static void open_display(void)
{
	EGLint major, minor;

	display = eglGetPlatformDisplay(EGL_PLATFORM_SURFACELESS_MESA, NULL, NULL);
	CHECK(display != NULL);
	if (CHECK(eglInitialize(display, &major, &minor)))
		printf("# EGL %d.%d\n", major, minor);
	CHECK(eglBindAPI(EGL_OPENGL_ES_API));
}

static void create_context(void)
{
	const EGLint wanted[] = { EGL_SURFACE_TYPE, EGL_PBUFFER_BIT,
				  EGL_RENDERABLE_TYPE, EGL_OPENGL_ES3_BIT, EGL_NONE };
	const EGLint version[] = { EGL_CONTEXT_MAJOR_VERSION, 3, EGL_NONE };
	EGLConfig config = NULL;
	EGLint count = 0;

	spy_reset();
	CHECK(eglChooseConfig(display, wanted, &config, 1, &count) && count == 1);
	context = eglCreateContext(display, config, NULL, version);
	CHECK(context != NULL);
	CHECK(eglMakeCurrent(display, NULL, NULL, context));
	printf("# %s, %s\n", glGetString(GL_RENDERER), glGetString(GL_VERSION));
	CHECK(strstr(glGetString(GL_RENDERER), "Mali-") != NULL);
	CHECK(strstr(glGetString(GL_RENDERER), "Panfrost") != NULL);
	CHECK(spy.groups == 1 && spy.group_queues == 1);
	CHECK(spy.heaps == 1);
}

static void create_framebuffer(void)
{
	unsigned int renderbuffer, framebuffer;

	glGenRenderbuffers(1, &renderbuffer);
	glBindRenderbuffer(GL_RENDERBUFFER, renderbuffer);
	glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8, SIDE, SIDE);
	glGenFramebuffers(1, &framebuffer);
	glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
	glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER,
				  renderbuffer);
	CHECK(glCheckFramebufferStatus(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE);
	glViewport(0, 0, SIDE, SIDE);
	CHECK(glGetError() == GL_NO_ERROR);
}

/* Fragment work. */
static void clear(void)
{
	for (int i = 0; i < 10; i++) {
		spy_reset();
		glClearColor(0.25f, 0.5f, 0.75f, 1.0f);
		glClear(GL_COLOR_BUFFER_BIT);
		CHECK(gl_fence_comes());
		CHECK(spy.submits > 0);
	}
	CHECK(glGetError() == GL_NO_ERROR);
}

static unsigned int shader(unsigned int type, const char *text)
{
	unsigned int name = glCreateShader(type);

	glShaderSource(name, 1, &text, NULL);
	glCompileShader(name);
	return name;
}

/* Vertex, tiler and fragment work, with a tiler heap. */
static void draw(void)
{
	unsigned int program = glCreateProgram();
	int linked = 0;

	glAttachShader(program, shader(GL_VERTEX_SHADER, "#version 300 es\n"
		"void main() { gl_Position = vec4(gl_VertexID & 1, gl_VertexID >> 1, 0, 1); }"));
	glAttachShader(program, shader(GL_FRAGMENT_SHADER, "#version 300 es\n"
		"out lowp vec4 colour; void main() { colour = vec4(1); }"));
	glLinkProgram(program);
	glGetProgramiv(program, GL_LINK_STATUS, &linked);
	if (!CHECK(linked))
		return;
	glUseProgram(program);
	for (int i = 0; i < 10; i++) {
		spy_reset();
		glDrawArrays(GL_TRIANGLES, 0, 3);
		CHECK(gl_fence_comes());
		CHECK(spy.submits > 0);
	}
	CHECK(glGetError() == GL_NO_ERROR);
}

/* The pixels are those of no shader; that they come at all means a wait for the GPU. */
static void read_back(void)
{
	uint8_t pixels[SIDE][SIDE][4];

	memset(pixels, 0xAA, sizeof(pixels));
	glClear(GL_COLOR_BUFFER_BIT);
	glReadPixels(0, 0, SIDE, SIDE, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
	CHECK(glGetError() == GL_NO_ERROR);
	CHECK(pixels[0][0][0] != 0xAA && pixels[SIDE - 1][SIDE - 1][3] != 0xAA);
	printf("# not looked at: the first pixel is %u %u %u %u\n", pixels[0][0][0],
	       pixels[0][0][1], pixels[0][0][2], pixels[0][0][3]);
}

static void egl_fence(void)
{
	EGLSync sync;

	glClear(GL_COLOR_BUFFER_BIT);
	sync = eglCreateSync(display, EGL_SYNC_FENCE, NULL);
	if (!CHECK(sync != NULL))
		return;
	CHECK(eglClientWaitSync(display, sync, EGL_SYNC_FLUSH_COMMANDS_BIT, TIMEOUT_NS) ==
	      EGL_CONDITION_SATISFIED);
	CHECK(eglDestroySync(display, sync));
}

static int native_fence(void)
{
	int (*dup_fence)(EGLDisplay display, EGLSync sync) = (int (*)(EGLDisplay, EGLSync))
		eglGetProcAddress("eglDupNativeFenceFDANDROID");
	EGLSync sync = eglCreateSync(display, EGL_SYNC_NATIVE_FENCE_ANDROID, NULL);
	int fd = -1;

	if (!CHECK(sync != NULL) || !CHECK(dup_fence != NULL))
		return fd;
	glFlush();
	fd = dup_fence(display, sync);
	CHECK(fd >= 0);
	CHECK(eglDestroySync(display, sync));
	return fd;
}

/* The fence as a file: it can be polled, and says how its work has ended. */
static void native_fence_leaves(void)
{
	struct sync_file_info info = { .num_fences = 0 };
	struct pollfd ready = { .events = POLLIN };

	CHECK(strstr(eglQueryString(display, EGL_EXTENSIONS), "EGL_ANDROID_native_fence_sync"));
	glClear(GL_COLOR_BUFFER_BIT);
	ready.fd = native_fence();
	CHECK(poll(&ready, 1, TIMEOUT_NS / 1000000) == 1 && ready.revents == POLLIN);
	CHECK(!ioctl(ready.fd, SYNC_IOC_FILE_INFO, &info));
	CHECK(info.status == 1);
	CHECK(info.num_fences >= 1);
	close(ready.fd);
}

/* The GPU waits for a fence that came in as a file. */
static void native_fence_comes_in(void)
{
	EGLAttrib attribs[] = { EGL_SYNC_NATIVE_FENCE_FD_ANDROID, EGL_NO_NATIVE_FENCE_FD_ANDROID,
				EGL_NONE };
	EGLSync sync;

	glClear(GL_COLOR_BUFFER_BIT);
	attribs[1] = native_fence();
	sync = eglCreateSync(display, EGL_SYNC_NATIVE_FENCE_ANDROID, attribs);
	if (!CHECK(sync != NULL))
		return;
	CHECK(eglWaitSync(display, sync, 0));
	glClear(GL_COLOR_BUFFER_BIT);
	CHECK(gl_fence_comes());
	CHECK(eglDestroySync(display, sync));
}

static void destroy_context(void)
{
	CHECK(eglMakeCurrent(display, NULL, NULL, NULL));
	CHECK(eglDestroyContext(display, context));
}

static void another_context(void)
{
	create_context();
	create_framebuffer();
	clear();
	destroy_context();
}

static void close_display(void)
{
	CHECK(eglTerminate(display));
}

static const struct point points[] = {
	{ "open the display", open_display, true },
	{ "create a context without a surface", create_context, true },
	{ "create a framebuffer", create_framebuffer, true },
	{ "clear, wait for a fence", clear },
	{ "draw, wait for a fence", draw },
	{ "read back", read_back },
	{ "fence of EGL", egl_fence },
	{ "fence that leaves as a file", native_fence_leaves },
	{ "fence that comes in as a file", native_fence_comes_in },
	{ "destroy the context", destroy_context, true },
	{ "another context", another_context },
	{ "close the display", close_display },
};

int main(void)
{
	return points_run(points, COUNT_OF(points));
}
