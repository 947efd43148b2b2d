/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of EGL 1.5 and OpenGL ES 3 that the programs use, in the words of
 * the Khronos registry, so that they build against the libraries alone.
 */
#ifndef PANTHOR_TESTS_GLES_H
#define PANTHOR_TESTS_GLES_H

#include <stdint.h>

#define EGL_PLATFORM_SURFACELESS_MESA		0x31DD
#define EGL_OPENGL_ES_API			0x30A0
#define EGL_OPENGL_ES3_BIT			0x0040
#define EGL_PBUFFER_BIT				0x0001
#define EGL_NONE				0x3038
#define EGL_RENDERABLE_TYPE			0x3040
#define EGL_SURFACE_TYPE			0x3033
#define EGL_CONTEXT_MAJOR_VERSION		0x3098
#define EGL_EXTENSIONS				0x3055
#define EGL_SYNC_FENCE				0x30F9
#define EGL_SYNC_NATIVE_FENCE_ANDROID		0x3144
#define EGL_SYNC_NATIVE_FENCE_FD_ANDROID	0x3145
#define EGL_NO_NATIVE_FENCE_FD_ANDROID		(-1)
#define EGL_SYNC_FLUSH_COMMANDS_BIT		0x0001
#define EGL_CONDITION_SATISFIED			0x30F6

#define GL_NO_ERROR				0
#define GL_RENDERER				0x1F01
#define GL_VERSION				0x1F02
#define GL_FRAMEBUFFER				0x8D40
#define GL_RENDERBUFFER				0x8D41
#define GL_COLOR_ATTACHMENT0			0x8CE0
#define GL_FRAMEBUFFER_COMPLETE			0x8CD5
#define GL_COLOR_BUFFER_BIT			0x4000
#define GL_RGBA					0x1908
#define GL_RGBA8				0x8058
#define GL_UNSIGNED_BYTE			0x1401
#define GL_TRIANGLES				0x0004
#define GL_VERTEX_SHADER			0x8B31
#define GL_FRAGMENT_SHADER			0x8B30
#define GL_LINK_STATUS				0x8B82
#define GL_SYNC_GPU_COMMANDS_COMPLETE		0x9117
#define GL_SYNC_FLUSH_COMMANDS_BIT		0x0001
#define GL_ALREADY_SIGNALED			0x911A
#define GL_CONDITION_SATISFIED			0x911C

typedef void *EGLDisplay, *EGLConfig, *EGLContext, *EGLSurface, *EGLSync;
typedef unsigned int EGLBoolean;
typedef int EGLint;
typedef intptr_t EGLAttrib;
typedef void (*EGLFunction)(void);

EGLDisplay eglGetPlatformDisplay(unsigned int platform, void *native, const EGLAttrib *attribs);
EGLBoolean eglInitialize(EGLDisplay display, EGLint *major, EGLint *minor);
EGLBoolean eglTerminate(EGLDisplay display);
const char *eglQueryString(EGLDisplay display, EGLint name);
EGLBoolean eglBindAPI(unsigned int api);
EGLBoolean eglChooseConfig(EGLDisplay display, const EGLint *attribs, EGLConfig *configs,
			   EGLint size, EGLint *count);
EGLContext eglCreateContext(EGLDisplay display, EGLConfig config, EGLContext share,
			    const EGLint *attribs);
EGLBoolean eglDestroyContext(EGLDisplay display, EGLContext context);
EGLBoolean eglMakeCurrent(EGLDisplay display, EGLSurface draw, EGLSurface read,
			  EGLContext context);
EGLFunction eglGetProcAddress(const char *name);
EGLSync eglCreateSync(EGLDisplay display, unsigned int type, const EGLAttrib *attribs);
EGLBoolean eglDestroySync(EGLDisplay display, EGLSync sync);
EGLint eglClientWaitSync(EGLDisplay display, EGLSync sync, EGLint flags, uint64_t timeout_ns);
EGLBoolean eglWaitSync(EGLDisplay display, EGLSync sync, EGLint flags);

typedef struct __GLsync *GLsync;

unsigned int glGetError(void);
const char *glGetString(unsigned int name);
void glGenRenderbuffers(int count, unsigned int *names);
void glBindRenderbuffer(unsigned int target, unsigned int name);
void glRenderbufferStorage(unsigned int target, unsigned int format, int width, int height);
void glGenFramebuffers(int count, unsigned int *names);
void glBindFramebuffer(unsigned int target, unsigned int name);
void glFramebufferRenderbuffer(unsigned int target, unsigned int attachment,
			       unsigned int renderbuffer_target, unsigned int name);
unsigned int glCheckFramebufferStatus(unsigned int target);
void glViewport(int x, int y, int width, int height);
void glClearColor(float red, float green, float blue, float alpha);
void glClear(unsigned int mask);
void glFlush(void);
void glReadPixels(int x, int y, int width, int height, unsigned int format, unsigned int type,
		  void *pixels);
unsigned int glCreateShader(unsigned int type);
void glShaderSource(unsigned int shader, int count, const char *const *text, const int *lengths);
void glCompileShader(unsigned int shader);
unsigned int glCreateProgram(void);
void glAttachShader(unsigned int program, unsigned int shader);
void glLinkProgram(unsigned int program);
void glGetProgramiv(unsigned int program, unsigned int name, int *value);
void glUseProgram(unsigned int program);
void glDrawArrays(unsigned int mode, int first, int count);
GLsync glFenceSync(unsigned int condition, unsigned int flags);
unsigned int glClientWaitSync(GLsync sync, unsigned int flags, uint64_t timeout_ns);
void glDeleteSync(GLsync sync);

#endif
